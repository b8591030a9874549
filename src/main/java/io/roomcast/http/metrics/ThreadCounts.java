package io.roomcast.http.metrics;

import java.util.Map;
import java.util.TreeMap;

/** Counts the threads of this process by purpose. Any thread. */
final class ThreadCounts {
    /** The purposes of threads, by prefixes of thread names. The first matching prefix counts. */
    private static final Map<String, String> PURPOSES = purposes();

    static final String OTHER = "other";

    private ThreadCounts() {}

    private static Map<String, String> purposes() {
        Map<String, String> purposes = new TreeMap<>();
        purposes.put("roomcast-lane", "lane");
        purposes.put("roomcast-timer", "timer");
        purposes.put("roomcast-loop", "loop");
        purposes.put("roomcast-redis", "redis");
        purposes.put("roomcast-network", "network");
        // Threads of the embedded server.
        purposes.put("roomcast-http", "server");
        purposes.put("roomcast-memory", "memory");
        purposes.put("grizzly-nio-kernel", "network");
        purposes.put("Grizzly", "server");
        purposes.put("HttpServer", "server");
        purposes.put("tyrus", "server");
        // Threads of Payara.
        purposes.put("http-listener", "network");
        purposes.put("http-thread-pool", "server");
        purposes.put("payara-executor-service", "server");
        purposes.put("concurrent/", "lent");
        // Threads of WildFly.
        purposes.put("default I/O", "network");
        purposes.put("default Accept", "network");
        purposes.put("XNIO", "network");
        purposes.put("default task", "server");
        purposes.put("EE-Managed", "lent");
        return purposes;
    }

    /** Returns the number of threads for every purpose, including purposes without a thread. */
    static Map<String, Integer> count() {
        Map<String, Integer> counts = new TreeMap<>();
        PURPOSES.values().forEach(purpose -> counts.put(purpose, 0));
        counts.put(OTHER, 0);
        for (Thread thread : allThreads()) {
            if (thread != null) {
                counts.merge(purpose(thread.getName()), 1, Integer::sum);
            }
        }
        return counts;
    }

    /** Returns the purpose of the thread with this name. */
    static String purpose(String threadName) {
        for (Map.Entry<String, String> entry : PURPOSES.entrySet()) {
            if (threadName.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return OTHER;
    }

    /**
     * Returns all threads. Unlike {@link Thread#getAllStackTraces}, this method does not stop the JVM. The array may
     * end with null elements.
     */
    private static Thread[] allThreads() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        Thread[] threads = new Thread[group.activeCount() * 2 + 16];
        group.enumerate(threads, true);
        return threads;
    }
}
