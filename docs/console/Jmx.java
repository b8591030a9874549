import com.sun.tools.attach.VirtualMachine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.logging.LogManager;
import java.util.stream.Collectors;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Reads and invokes the MXBeans of Roomcast from a command line. Any JDK runs it as it is: see usage(). */
public final class Jmx {

    public static void main(String[] arguments) throws Exception {
        List<String> rest = new ArrayList<>(List.of(arguments));
        if (rest.isEmpty()) {
            usage();
        }
        LogManager.getLogManager().reset(); // The remoting client of WildFly says what its version is, and more.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        JMXServiceURL address = address(rest.remove(0));
        Map<String, Object> login = System.getenv("JMX_USER") == null
                ? Map.of()
                : Map.of(
                        JMXConnector.CREDENTIALS,
                        new String[] {System.getenv("JMX_USER"), System.getenv().getOrDefault("JMX_PASSWORD", "")});
        try (JMXConnector connector = JMXConnectorFactory.connect(address, login)) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            if (rest.isEmpty()) {
                new TreeSet<>(server.queryNames(new ObjectName("io.roomcast:*"), null)).forEach(System.out::println);
                return;
            }
            String name = rest.remove(0);
            ObjectName bean = new ObjectName(name.contains(":") ? name : "io.roomcast:type=" + name);
            if (rest.isEmpty()) {
                describe(server, bean);
            } else {
                System.out.println(text(ask(server, bean, rest.remove(0), rest), ""));
            }
        } catch (Exception e) {
            Throwable cause = e; // Servers wrap what the MXBean threw in layers of their own.
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            fail(cause instanceof IllegalArgumentException || cause instanceof IllegalStateException
                    ? cause.getMessage()
                    : cause.toString());
        }
        System.exit(0); // The remoting client of WildFly leaves threads behind.
    }

    private static void usage() {
        fail("""
                java Jmx.java WHERE [BEAN [ATTRIBUTE | OPERATION ARGUMENT...]]
                WHERE  process id of a JVM of the same user on this machine, or
                       service:jmx:remote+http://HOST:9990 (WildFly; java -cp $JBOSS_HOME/bin/client/jboss-client.jar Jmx.java ...), or
                       service:jmx:rmi:///jndi/rmi://HOST:8686/jmxrmi (Payara)
                BEAN   Node, NodeRooms, Relay or a whole name; without it, the names of all are shown
                JMX_USER and JMX_PASSWORD in the environment log in""");
    }

    private static JMXServiceURL address(String where) throws Exception {
        if (!where.matches("\\d+")) {
            return new JMXServiceURL(where);
        }
        VirtualMachine machine = VirtualMachine.attach(where);
        try {
            return new JMXServiceURL(machine.startLocalManagementAgent());
        } finally {
            machine.detach();
        }
    }

    /** Every attribute with its value and what it is, then the operations. */
    private static void describe(MBeanServerConnection server, ObjectName bean) throws Exception {
        MBeanInfo info = server.getMBeanInfo(bean);
        System.out.println(info.getDescription());
        for (MBeanAttributeInfo attribute : sorted(info.getAttributes())) {
            System.out.printf(
                    "  %-28s %s%n%31s%s%n",
                    attribute.getName(),
                    text(server.getAttribute(bean, attribute.getName()), "    "),
                    "",
                    attribute.getDescription());
        }
        for (MBeanOperationInfo operation : sorted(info.getOperations())) {
            System.out.println("  " + operation.getName() + "("
                    + Arrays.stream(operation.getSignature())
                            .map(parameter -> parameter.getName() + ": " + parameter.getDescription())
                            .collect(Collectors.joining("; "))
                    + ")\n" + " ".repeat(31) + operation.getDescription());
        }
    }

    private static <T extends MBeanFeatureInfo> List<T> sorted(T[] features) {
        return Arrays.stream(features)
                .sorted(Comparator.comparing(MBeanFeatureInfo::getName))
                .toList();
    }

    private static Object ask(MBeanServerConnection server, ObjectName bean, String what, List<String> arguments)
            throws Exception {
        MBeanInfo info = server.getMBeanInfo(bean);
        for (MBeanAttributeInfo attribute : info.getAttributes()) {
            if (attribute.getName().equals(what)) {
                return server.getAttribute(bean, what);
            }
        }
        for (MBeanOperationInfo operation : info.getOperations()) {
            if (operation.getName().equals(what) && operation.getSignature().length == arguments.size()) {
                MBeanParameterInfo[] signature = operation.getSignature();
                Object[] values = new Object[signature.length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = value(signature[i], arguments.get(i));
                }
                Object answer = server.invoke(
                        bean,
                        what,
                        values,
                        Arrays.stream(signature).map(MBeanParameterInfo::getType).toArray(String[]::new));
                return answer == null ? "done" : answer;
            }
        }
        return fail(bean + " has no attribute " + what + ", and no such operation with " + arguments.size() + " arguments");
    }

    private static Object value(MBeanParameterInfo parameter, String text) {
        try {
            return switch (parameter.getType()) {
                case "int" -> Integer.valueOf(text);
                case "double" -> Double.valueOf(text);
                default -> text;
            };
        } catch (NumberFormatException e) {
            return fail(parameter.getName() + "=" + text + " is no number");
        }
    }

    private static String text(Object value, String indent) {
        String deeper = indent + "  ";
        if (value instanceof CompositeData data) {
            Map<Boolean, List<String>> items = data.getCompositeType().keySet().stream()
                    .collect(Collectors.partitioningBy(
                            key -> data.get(key) instanceof CompositeData[],
                            Collectors.mapping(key -> key + "=" + text(data.get(key), deeper), Collectors.toList())));
            // Tables last, each below the one before.
            List<String> tables = items.get(true);
            return String.join(", ", items.get(false)) + (tables.isEmpty() ? "" : ", " + String.join("\n", tables));
        } else if (value instanceof TabularData table) {
            return table.values().stream()
                    .map(row -> (CompositeData) row)
                    .sorted(Comparator.comparing(row -> row.get("key").toString()))
                    .map(row -> "\n" + deeper + row.get("key") + " = " + text(row.get("value"), deeper))
                    .collect(Collectors.joining());
        } else if (value instanceof Object[] array) {
            return Arrays.stream(array)
                    .map(one -> (one instanceof CompositeData ? "\n" + deeper : " ") + text(one, deeper))
                    .collect(Collectors.joining());
        }
        return String.valueOf(value);
    }

    private static Object fail(String message) {
        System.err.println(message);
        System.exit(1);
        return null;
    }
}
