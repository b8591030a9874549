package io.roomcast.websocket.undertow;

import io.roomcast.outbound.Transport;
import io.roomcast.websocket.transport.SessionTransport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * What Undertow 2.3 hides: the connection under a WebSocket session, and on which thread messages are taken in. All
 * names are looked up at once, before there is any connection. A failure later concerns one connection only.
 *
 * @param session class of Undertow's sessions
 * @param channel method of a session
 * @param extended method of a channel: whether it has extensions, which must see each message; a session does not
 *     know of an extension that the server's own configuration adds
 * @param connection method of a channel
 * @param dispatch field of a container: whether it hands messages to a pool of threads
 */
public record UndertowInternals(Class<?> session, Method channel, Method extended, Method connection, Field dispatch) {
    private static final Logger LOG = System.getLogger(UndertowInternals.class.getName());

    /**
     * @param container of the application's WebSockets
     * @throws ReflectiveOperationException naming what this version of Undertow does not have
     */
    public static UndertowInternals of(Object container) throws ReflectiveOperationException {
        ClassLoader classes = container.getClass().getClassLoader();
        Class<?> session = Class.forName("io.undertow.websockets.jsr.UndertowSession", false, classes);
        Method channel = session.getMethod("getWebSocketChannel");
        Method connection = Class.forName("io.undertow.server.protocol.framed.AbstractFramedChannel", false, classes)
                .getDeclaredMethod("getUnderlyingConnection");
        connection.setAccessible(true);
        Field dispatch = container.getClass().getDeclaredField("dispatchToWorker");
        dispatch.setAccessible(true);
        return new UndertowInternals(
                session, channel, channel.getReturnType().getMethod("areExtensionsSupported"), connection, dispatch);
    }

    /**
     * Has this application's messages taken in on the I/O thread that read them; nothing blocks there
     * (docs/decisions/0011-reading-on-undertows-threads.md). Other applications keep the server's setting.
     */
    public void readOnIoThreads(Object container) {
        try {
            dispatch.setBoolean(container, false);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param jakarta a session of any container
     * @return null for a session with extensions, a session of another container, and a session whose connection is
     *     gone
     */
    public Transport transport(Object jakarta, SessionTransport portable) {
        if (!session.isInstance(jakarta)) {
            return null;
        }
        try {
            Object webSocket = channel.invoke(jakarta);
            return (boolean) extended.invoke(webSocket)
                    ? null
                    : new UndertowTransport(portable, webSocket, connection.invoke(webSocket));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "No connection found under this session", e);
            return null;
        }
    }

    /** @param jakarta a session of any container, which is closed */
    public void end(Object jakarta) {
        if (!session.isInstance(jakarta)) {
            return;
        }
        try {
            UndertowCloseTimer.start(connection.invoke(channel.invoke(jakarta)));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "No connection found under this session; it ends when the client ends it", e);
        }
    }
}
