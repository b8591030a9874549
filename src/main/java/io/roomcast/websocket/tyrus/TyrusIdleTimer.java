package io.roomcast.websocket.tyrus;

import java.lang.reflect.Proxy;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Turns off Tyrus's timer for idle connections. Tyrus schedules a task with each connection and each message that comes
 * in, even where the idle time is 0 and the task does nothing (docs/decisions/0004-writing-under-tyrus.md).
 */
public final class TyrusIdleTimer {
    /** Accepts every task and runs none. */
    static final ScheduledExecutorService NONE = (ScheduledExecutorService) Proxy.newProxyInstance(
            TyrusIdleTimer.class.getClassLoader(),
            new Class<?>[] {ScheduledExecutorService.class},
            (proxy, method, arguments) -> null);

    private TyrusIdleTimer() {}

    /** For connections that come from now on. */
    public static void turnOff(TyrusInternals tyrus) {
        tyrus.setTimer(NONE);
    }
}
