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
 * Registers the MBeans of this node: {@code io.roomcast:type=Node}, {@code type=NodeRooms}, {@code type=Relay} and
 * {@code type=Cluster}. A second node in the same JVM has one more property in its names, such as
 * {@code io.roomcast:type=Node,context=chat}.
 */
@ApplicationScoped
public class JmxRegistrar {
    private static final Logger LOG = System.getLogger(JmxRegistrar.class.getName());
    private static final String DOMAIN = "io.roomcast:";
    private static final List<String> TYPES = List.of("Node", "NodeRooms", "Relay", "Cluster");

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final List<ObjectName> registered = new ArrayList<>();
    private NodeBean node;
    private NodeRoomsBean rooms;
    private RelayBean relay;
    private ClusterBean cluster;
    private NodeSnapshot snapshot;
    private Threads threads;
    /** Takes the samples for the rates; null before {@link #open}. */
    private ScheduledFuture<?> sampling;

    /** For the container's proxy. */
    protected JmxRegistrar() {}

    @Inject
    public JmxRegistrar(
            NodeBean node,
            NodeRoomsBean rooms,
            RelayBean relay,
            ClusterBean cluster,
            NodeSnapshot snapshot,
            Threads threads) {
        this.node = node;
        this.rooms = rooms;
        this.relay = relay;
        this.cluster = cluster;
        this.snapshot = snapshot;
        this.threads = threads;
    }

    /**
     * Registers the MBeans. If this fails, the node runs without them and logs the failure.
     *
     * @param prefersPlainNames whether to try the names without {@code property} first; another node in this JVM may
     *     have these names
     * @param property a property that no other node in this JVM has, such as {@code port=8081}
     */
    public void open(boolean prefersPlainNames, String property) {
        sampling = threads.timer().scheduleAtFixedRate(node::sample, 0, 1, TimeUnit.SECONDS);
        snapshot.figures(); // Starts the measurement of the rates of rooms.
        if (!(prefersPlainNames && register("")) && !register("," + property)) {
            LOG.log(
                    Level.WARNING,
                    "This node has no MBeans. Another node has registered " + DOMAIN + "type=Node," + property);
        }
    }

    /**
     * Registers the MBeans, with the suffix at the end of their names. If this fails for another reason than the names,
     * the failure is logged, and no MBean is registered.
     *
     * @return false if another node has registered these names
     */
    private boolean register(String suffix) {
        try {
            Object[] beans = {
                new DescribedBean(node, NodeMXBean.class),
                new DescribedBean(rooms, NodeRoomsMXBean.class),
                new DescribedBean(relay, RelayMXBean.class),
                new DescribedBean(cluster, ClusterMXBean.class)
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
            LOG.log(Level.WARNING, "This node has no MBeans", e);
            return true;
        }
    }

    /** Unregisters the MBeans. Idempotent; has no effect if {@link #open} was not called. */
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
                LOG.log(Level.WARNING, "Cannot unregister " + name, e);
            }
        }
        registered.clear();
    }
}
