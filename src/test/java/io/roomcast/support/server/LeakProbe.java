package io.roomcast.support.server;

import io.roomcast.support.RemoteConsole;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;

/**
 * What a server's process still holds of Roomcast.
 *
 * @param threads names of its threads, of those that the client of NATS makes where it is given none, and of Kafka's and
 *     RabbitMQ's clients
 * @param beans its MBeans, and those of Kafka's client
 * @param classLoaders how many class loaders of the application the garbage collector has left
 */
public record LeakProbe(List<String> threads, Set<ObjectName> beans, long classLoaders) {
    /** The heap histogram has a line of this class for each class loader of the application. */
    private static final String CLASS = "io.roomcast.config.Key";

    /** Beginnings of names; the last two are Netty's, of which the servers of the tests have no part. */
    private static final List<String> THREADS =
            List.of("roomcast-", "nats", "kafka-", "rabbitmq", "globalEventExecutor", "multiThreadIoEventLoopGroup");

    private static final String[] SIGNATURE = {String[].class.getName()};

    public static LeakProbe in(long pid) throws IOException, JMException {
        try (RemoteConsole console = RemoteConsole.of(pid)) {
            MBeanServerConnection server = console.beans();
            ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                    server, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
            return new LeakProbe(
                    Stream.of(threads.dumpAllThreads(false, false))
                            .map(ThreadInfo::getThreadName)
                            .filter(name -> THREADS.stream().anyMatch(name::startsWith))
                            .toList(),
                    beans(server),
                    classLoaders(server));
        }
    }

    private static Set<ObjectName> beans(MBeanServerConnection server) throws IOException, JMException {
        Set<ObjectName> beans = new HashSet<>(server.queryNames(new ObjectName("io.roomcast:*"), null));
        beans.addAll(server.queryNames(new ObjectName("kafka.*:*"), null));
        return beans;
    }

    /** The histogram counts live objects only: it collects garbage first. */
    private static long classLoaders(MBeanServerConnection server) throws IOException, JMException {
        String histogram = (String) server.invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                SIGNATURE);
        return histogram
                .lines()
                .filter(line -> List.of(line.strip().split("\\s+")).contains(CLASS))
                .count();
    }
}
