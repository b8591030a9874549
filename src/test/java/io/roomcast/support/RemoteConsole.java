package io.roomcast.support;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A JMX connection to another JVM of this machine and user, made as JConsole makes it. */
public record RemoteConsole(long process, JMXConnector connector) implements AutoCloseable {

    @SuppressWarnings("BanJNDI") // the address is that of a process of the test's own
    public static RemoteConsole of(long process) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(process));
            try {
                return new RemoteConsole(
                        process, JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }

    /** The first of the JVMs that has this MBean; other processes are passed over. */
    public static RemoteConsole ofAny(Stream<Long> processes, ObjectName bean) throws IOException {
        List<String> machines =
                VirtualMachine.list().stream().map(machine -> machine.id()).toList();
        for (long process : (Iterable<Long>) processes::iterator) {
            if (machines.contains(Long.toString(process))) {
                RemoteConsole console = of(process);
                if (console.beans().isRegistered(bean)) {
                    return console;
                }
                console.close();
            }
        }
        throw new AssertionError("no server of this test has " + bean);
    }

    public MBeanServerConnection beans() throws IOException {
        return connector.getMBeanServerConnection();
    }

    /** Changes a limit of the nodes there as an operator does it, while they run. */
    public static void setLimit(MBeanServerConnection beans, String key, String value) {
        try {
            for (ObjectName node : beans.queryNames(new ObjectName("io.roomcast:type=Node,*"), null)) {
                beans.invoke(node, "setLimit", new Object[] {key, value}, new String[] {
                    String.class.getName(), String.class.getName()
                });
            }
        } catch (IOException | JMException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
