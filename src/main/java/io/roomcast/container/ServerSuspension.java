package io.roomcast.container;

import io.roomcast.node.Author;
import io.roomcast.service.operations.Drain;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Set;
import javax.management.AttributeChangeNotification;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.Notification;
import javax.management.NotificationListener;
import javax.management.ObjectName;

/**
 * Drains the node while WildFly is suspended, and ends that drain when WildFly is resumed. WildFly tells of both
 * through an MBean, which other servers do not have. A drain that an operator has started stays as it is, whether it
 * began before the suspension or during it.
 */
final class ServerSuspension implements NotificationListener {
    private static final Logger LOG = System.getLogger(ServerSuspension.class.getName());
    private static final String SERVER_STATE = "jboss.root:type=state";
    private static final Set<String> SUSPENDED = Set.of("suspending", "suspended");
    private static final String RUNNING = "normal";

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private static final Author SUSPENSION = new Author("the suspension of the server");

    private final Drain drain;

    ServerSuspension(Drain drain) {
        this.drain = drain;
    }

    void open() {
        try {
            beans.addNotificationListener(new ObjectName(SERVER_STATE), this, null, null);
        } catch (InstanceNotFoundException e) {
            LOG.log(Level.DEBUG, "This server cannot be suspended", e);
        } catch (JMException e) {
            LOG.log(Level.WARNING, "The node does not learn when the server is suspended", e);
        }
    }

    /** Idempotent. */
    void close() {
        try {
            beans.removeNotificationListener(new ObjectName(SERVER_STATE), this);
        } catch (JMException e) {
            LOG.log(Level.DEBUG, "The node did not listen", e);
        }
    }

    @Override
    public void handleNotification(Notification notification, Object none) {
        if (notification instanceof AttributeChangeNotification change
                && "RunningState".equals(change.getAttributeName())) {
            String state = String.valueOf(change.getNewValue());
            // A server that starts is suspended, too, until all applications are there.
            if (SUSPENDED.contains(state) && RUNNING.equals(change.getOldValue())) {
                if (drain.drainIfNone(drain.parseWindow(null), SUSPENSION)) {
                    LOG.log(Level.INFO, "The server was suspended, and the node drains");
                }
            } else if (RUNNING.equals(state) && drain.undrainOwn(SUSPENSION)) {
                LOG.log(Level.INFO, "The server was resumed, and the node drains no more");
            }
        }
    }
}
