package io.roomcast.websocket.tyrus;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Ends what Tyrus does for an idle time that nobody set. With each connection and with each message that comes in, it hands another thread a task, also where the
 * time is 0 and the task does nothing. On Payara, where such a task takes its context with it, that costs more than all that is done for the message.
 */
public final class TyrusIdleTimer {
    private static final Logger LOG = System.getLogger(TyrusIdleTimer.class.getName());
    /** Takes every task and runs none. */
    public static final ScheduledExecutorService NONE = (ScheduledExecutorService) Proxy.newProxyInstance(
            TyrusIdleTimer.class.getClassLoader(),
            new Class<?>[] {ScheduledExecutorService.class},
            (proxy, method, arguments) -> null);

    private TyrusIdleTimer() {}

    /** @param container of the application's WebSockets, of whatever kind; only Tyrus's is changed, for connections that come from now on */
    public static void leaveOut(Object container) {
        if (TyrusInternals.isTyrus(container)) {
            try {
                TyrusInternals.set(container, "managedScheduledExecutorService", NONE);
            } catch (ReflectiveOperationException | RuntimeException e) {
                LOG.log(Level.INFO, "This Tyrus keeps its timer for idle connections", e);
            }
        }
    }
}
