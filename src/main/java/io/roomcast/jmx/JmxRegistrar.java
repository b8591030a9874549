package io.roomcast.jmx;

import io.roomcast.node.Threads;
import io.roomcast.service.operations.NodeSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Registers the MBeans of this node: {@code io.roomcast:type=Node}, {@code type=Rooms} and {@code type=Relay}. A second
 * node in the same JVM has a property more in its names, such as {@code io.roomcast:type=Node,context=chat}.
 */
@ApplicationScoped
public class JmxRegistrar {
    private static final Logger LOG = System.getLogger(JmxRegistrar.class.getName());
    private static final String DOMAIN = "io.roomcast:";
    private static final List<String> TYPES = List.of("Node", "Rooms", "Relay");

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final List<ObjectName> registered = new ArrayList<>();
    private NodeBean node;
    private RoomsBean rooms;
    private RelayBean relay;
    private NodeSnapshot snapshot;
    private Threads threads;
    private ScheduledFuture<?> sampling;

    /** For the container's proxy. */
    protected JmxRegistrar() {}

    @Inject
    public JmxRegistrar(NodeBean node, RoomsBean rooms, RelayBean relay, NodeSnapshot snapshot, Threads threads) {
        this.node = node;
        this.rooms = rooms;
        this.relay = relay;
        this.snapshot = snapshot;
        this.threads = threads;
    }

    /**
     * Registers the MBeans. A node that has no console all the same serves: what fails is logged.
     *
     * @param plain whether the names may be without {@code apart}, as long as nobody else has them
     * @param apart property that tells this node from others in the JVM, such as {@code port=8081}
     */
    public void open(boolean plain, String apart) {
        sampling = threads.timer().scheduleAtFixedRate(node::sample, 0, 1, TimeUnit.SECONDS);
        snapshot.figures(); // Rates of rooms count from here.
        if (!(plain && register("")) && !register("," + apart)) {
            LOG.log(
                    Level.WARNING,
                    "No MBeans for this node: another one has registered " + DOMAIN + "type=Node," + apart);
        }
    }

    /** @return false when the names are taken */
    private boolean register(String suffix) {
        try {
            Object[] beans = {
                new DescribedBean(node, NodeMXBean.class),
                new DescribedBean(rooms, RoomsMXBean.class),
                new DescribedBean(relay, RelayMXBean.class)
            };
            for (int i = 0; i < beans.length; i++) {
                ObjectName name = new ObjectName(DOMAIN + "type=" + TYPES.get(i) + suffix);
                server.registerMBean(beans[i], name);
                registered.add(name);
            }
            return true;
        } catch (InstanceAlreadyExistsException e) {
            unregister();
            return false;
        } catch (JMException e) {
            unregister();
            LOG.log(Level.WARNING, "No MBeans for this node", e);
            return true;
        }
    }

    /** Takes the MBeans away. Idempotent; also for a console that was never opened. */
    public void close() {
        if (sampling != null) {
            sampling.cancel(false);
        }
        unregister();
    }

    private void unregister() {
        for (ObjectName name : registered) {
            try {
                server.unregisterMBean(name);
            } catch (JMException e) {
                LOG.log(Level.WARNING, "Not unregistered: " + name, e);
            }
        }
        registered.clear();
    }
}
