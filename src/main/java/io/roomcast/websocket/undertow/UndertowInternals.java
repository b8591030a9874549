package io.roomcast.websocket.undertow;

import io.roomcast.outbound.Transport;
import io.roomcast.websocket.transport.SessionTransport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * What Undertow 2.3 hides: the connection of a WebSocket session, and which threads process incoming messages. All
 * names are looked up at once, before there is any connection. A later failure concerns one connection only.
 *
 * @param session class of Undertow's sessions
 * @param channel method of a session that returns its channel
 * @param extended method of a channel: whether the channel has extensions, which must process each message; a session
 *     does not know the extensions that the server's own configuration adds
 * @param connection method of a channel that returns its connection
 * @param dispatch field of a container: whether the container hands messages to a pool of threads
 */
public record UndertowInternals(Class<?> session, Method channel, Method extended, Method connection, Field dispatch) {
    private static final Logger LOG = System.getLogger(UndertowInternals.class.getName());

    /**
     * @param container the WebSocket container of the application
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
     * Makes Undertow process this application's messages on the I/O thread that has read them. Nothing blocks on that
     * thread (docs/decisions/0011-reading-on-undertows-threads.md). Other applications keep the server's setting.
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
     *     closed
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

    /**
     * Closes the TCP connection of a closed session after some seconds.
     *
     * @param jakarta a closed session of any container
     */
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
