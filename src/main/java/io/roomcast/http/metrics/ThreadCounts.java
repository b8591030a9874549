package io.roomcast.http.metrics;

import java.util.Map;
import java.util.TreeMap;

/** Counts the threads of this process by purpose. Any thread. */
final class ThreadCounts {
    /** The purposes of threads, by prefixes of thread names. The first prefix that matches counts. */
    private static final Map<String, String> PURPOSES = purposes();

    static final String OTHER = "other";

    private ThreadCounts() {}

    private static Map<String, String> purposes() {
        Map<String, String> purposes = new TreeMap<>();
        purposes.put("roomcast-lane", "lane");
        purposes.put("roomcast-timer", "timer");
        purposes.put("roomcast-loop", "loop");
        purposes.put("roomcast-redis", "redis");
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
        for (Thread thread : all()) {
            if (thread != null) {
                counts.merge(purpose(thread.getName()), 1, Integer::sum);
            }
        }
        return counts;
    }

    /** Returns the purpose of a thread, which is one of those that have a series. */
    static String purpose(String name) {
        for (Map.Entry<String, String> purpose : PURPOSES.entrySet()) {
            if (name.startsWith(purpose.getKey())) {
                return purpose.getValue();
            }
        }
        return OTHER;
    }

    /** Lists all threads without stopping the JVM, unlike {@link Thread#getAllStackTraces}. May contain null. */
    private static Thread[] all() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        Thread[] threads = new Thread[group.activeCount() * 2 + 16];
        group.enumerate(threads, true);
        return threads;
    }
}
