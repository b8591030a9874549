package io.roomcast.websocket;

import io.roomcast.outbound.Transport;
import jakarta.websocket.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;

/**
 * Finds the writer under a session of Tyrus, which has no public way to it. Where anything is other than in Tyrus 2.1, or is not Tyrus at all, there
 * is none, and the portable transport serves.
 */
final class TyrusAccess {
    private static final Logger LOG = System.getLogger(TyrusAccess.class.getName());
    private static final String GRIZZLY_WRITER = "org.glassfish.tyrus.container.grizzly.client.GrizzlyWriter";
    private static volatile boolean unavailable;

    private TyrusAccess() {}

    /** @return null where the session is not one of Tyrus, or has extensions that have to see each message */
    static Transport transport(Session session, SessionTransport portable) {
        if (unavailable
                || !session.getNegotiatedExtensions().isEmpty()
                || !session.getClass().getName().equals("org.glassfish.tyrus.core.TyrusSession")) {
            return null;
        }
        try {
            Object webSocket = field(session.getAsyncRemote(), "webSocket");
            Object protocolHandler = field(webSocket, "protocolHandler");
            Object writer = field(protocolHandler, "writer");
            withoutIdleTimer(session);
            return writer.getClass().getName().equals(GRIZZLY_WRITER)
                    ? new GrizzlyTransport(portable, field(writer, "connection"))
                    : new TyrusTransport(portable, writer);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            unavailable = true;
            LOG.log(Level.INFO, "This Tyrus hides its writer; messages are encoded for each session", e);
            return null;
        }
    }

    /**
     * For an idle time of 0, which means none, Tyrus hands a timer that does nothing to another thread with every message; a negative one
     * means none as well, and it knows that.
     */
    private static void withoutIdleTimer(Session session) {
        if (session.getMaxIdleTimeout() == 0) {
            session.setMaxIdleTimeout(-1);
        }
    }

    private static Object field(Object object, String name) throws ReflectiveOperationException {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field.get(object);
                }
            }
        }
        throw new NoSuchFieldException(name);
    }
}
