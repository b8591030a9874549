package io.roomcast.it.server;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What of Roomcast is in the process of a server.
 *
 * @param threads names of its threads
 * @param beans its MBeans
 * @param classLoaders how many applications' worth of its classes there are that the garbage collector does not take
 */
record LeakProbe(List<String> threads, Set<ObjectName> beans, long classLoaders) {
    /** One that every application has: there is a line of it for each class loader. */
    private static final String CLASS = "io.roomcast.config.Key";

    private static final String[] SIGNATURE = {String[].class.getName()};

    @SuppressWarnings("BanJNDI") // the address is that of a process of this machine
    static LeakProbe in(long pid) throws IOException, JMException {
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address(pid)))) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                    server, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
            return new LeakProbe(
                    Stream.of(threads.dumpAllThreads(false, false))
                            .map(ThreadInfo::getThreadName)
                            .filter(name -> name.startsWith("roomcast-"))
                            .toList(),
                    server.queryNames(new ObjectName("io.roomcast:*"), null),
                    classLoaders(server));
        }
    }

    /** Of those alone that are alive: the histogram collects all garbage first. */
    @SuppressWarnings("BanJNDI") // the same connection
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

    private static String address(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
            try {
                return machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }
}
