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
    private static final String OWN_WRITER = "io.roomcast.websocket.ConnectionWriter";
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
            Object webSocket = get(session.getAsyncRemote(), "webSocket");
            Object protocolHandler = get(webSocket, "protocolHandler");
            Object writer = get(protocolHandler, "writer");
            return switch (writer.getClass().getName()) {
                case OWN_WRITER -> new GrizzlyTransport(portable, get(writer, "connection"));
                default -> new TyrusTransport(portable, writer);
            };
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            unavailable = true;
            LOG.log(Level.INFO, "This Tyrus hides its writer; messages are encoded for each session", e);
            return null;
        }
    }

    /** @param container of WebSockets, of whatever kind */
    static boolean isTyrus(Object container) {
        for (Class<?> type = container == null ? null : container.getClass();
                type != null;
                type = type.getSuperclass()) {
            if (type.getName().startsWith("org.glassfish.tyrus.")) {
                return true;
            }
        }
        return false;
    }

    static Object get(Object object, String name) throws ReflectiveOperationException {
        return find(object, name).get(object);
    }

    static void set(Object object, String name, Object value) throws ReflectiveOperationException {
        find(object, name).set(object, value);
    }

    private static Field find(Object object, String name) throws NoSuchFieldException {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(name);
    }
}
