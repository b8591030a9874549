package io.roomcast.websocket;

import io.roomcast.outbound.Transport;
import jakarta.websocket.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;

/**
 * Finds the connection under a session of Undertow, which has no public way to it. Where anything is other than in Undertow 2.3, or is not Undertow
 * at all, there is none, and the portable transport serves.
 */
final class UndertowAccess {
    private static final Logger LOG = System.getLogger(UndertowAccess.class.getName());
    private static volatile boolean unavailable;

    private UndertowAccess() {}

    /** @return null where the session is not one of Undertow, or has extensions that have to see each message */
    static Transport transport(Session session, SessionTransport portable) {
        if (unavailable || !session.getClass().getName().equals("io.undertow.websockets.jsr.UndertowSession")) {
            return null;
        }
        try {
            Object channel = session.getClass().getMethod("getWebSocketChannel").invoke(session);
            // The session does not know of an extension that the server's own configuration brings.
            boolean extended = (boolean)
                    channel.getClass().getMethod("areExtensionsSupported").invoke(channel);
            return extended ? null : new UndertowTransport(portable, channel, connection(channel));
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            unavailable = true;
            LOG.log(Level.INFO, "This Undertow hides its connections; messages are encoded for each session", e);
            return null;
        }
    }

    private static Object connection(Object channel) throws ReflectiveOperationException {
        for (Class<?> type = channel.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().endsWith(".AbstractFramedChannel")) {
                Field field = type.getDeclaredField("channel");
                field.setAccessible(true);
                return field.get(channel);
            }
        }
        throw new NoSuchFieldException("channel");
    }
}
