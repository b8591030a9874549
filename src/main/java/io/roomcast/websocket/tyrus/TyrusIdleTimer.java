package io.roomcast.websocket.tyrus;

import java.lang.reflect.Proxy;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Turns off Tyrus's timer for idle connections. Tyrus schedules a task for each connection and each incoming message.
 * It does so even if the idle timeout is 0 and the task does nothing (docs/decisions/0004-writing-under-tyrus.md).
 */
public final class TyrusIdleTimer {
    /** Accepts every task and runs none. */
    static final ScheduledExecutorService NONE = (ScheduledExecutorService) Proxy.newProxyInstance(
            TyrusIdleTimer.class.getClassLoader(),
            new Class<?>[] {ScheduledExecutorService.class},
            (proxy, method, arguments) -> null);

    private TyrusIdleTimer() {}

    /** Turns the timer off for connections that open from now on. */
    public static void turnOff(TyrusInternals tyrus) {
        tyrus.setTimer(NONE);
    }
}
