package io.roomcast.websocket;

import jakarta.websocket.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;

/**
 * Finds the I/O thread of a session of Undertow, which takes every send there by itself. A send from that thread goes straight to the socket; one from
 * elsewhere is a task of its own.
 */
final class UndertowAccess {
    private static final Logger LOG = System.getLogger(UndertowAccess.class.getName());
    private static final String SESSION = "io.undertow.websockets.jsr.UndertowSession";
    private static volatile boolean unavailable;

    private UndertowAccess() {}

    /** @return null where the session is not one of Undertow */
    static Executor executor(Session session) {
        if (unavailable || !session.getClass().getName().equals(SESSION)) {
            return null;
        }
        try {
            Object channel = session.getClass().getMethod("getWebSocketChannel").invoke(session);
            return (Executor) channel.getClass().getMethod("getIoThread").invoke(channel);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            unavailable = true;
            LOG.log(Level.INFO, "This Undertow hides its I/O threads; each send is handed over alone", e);
            return null;
        }
    }
}
