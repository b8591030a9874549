package io.roomcast.websocket.undertow;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;

/**
 * Takes what comes in on the thread of Undertow that read it. WildFly's setting ({@code dispatch-to-worker}) is to hand each message to a pool of threads, for
 * applications that block, which cost a quarter of the CPU in small rooms; nothing here blocks. The setting itself is the server's and holds for all of its
 * applications: here only this application's container is told. Where Undertow is other than 2.3, its setting holds.
 */
public final class UndertowDispatch {
    private static final Logger LOG = System.getLogger(UndertowDispatch.class.getName());
    private static final String CONTAINER = "io.undertow.websockets.jsr.ServerWebSocketContainer";

    private UndertowDispatch() {}

    /** @param container of the application's WebSockets, of whatever kind; only Undertow's is changed */
    public static void stay(Object container) {
        if (container == null || !container.getClass().getName().equals(CONTAINER)) {
            return;
        }
        try {
            Field dispatch = container.getClass().getDeclaredField("dispatchToWorker");
            dispatch.setAccessible(true);
            dispatch.setBoolean(container, false);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.INFO, "This Undertow hands messages to other threads as its server was told", e);
        }
    }
}
