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
 * @param sessionClass class of Undertow's sessions
 * @param getChannel method of a session that returns its channel
 * @param hasExtensions method of a channel: whether the channel has extensions, which must process each message. A
 *     session knows only the extensions that were negotiated, and not those of the server's own configuration.
 * @param getConnection method of a channel that returns its connection
 * @param dispatchField field of a container: whether the container hands messages to a pool of threads
 */
public record UndertowInternals(
        Class<?> sessionClass, Method getChannel, Method hasExtensions, Method getConnection, Field dispatchField) {
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
            dispatchField.setBoolean(container, false);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param webSocketSession a session of any container
     * @return null for a session with extensions, a session of another container, and a session whose connection is
     *     closed
     */
    public Transport transport(Object webSocketSession, SessionTransport portable) {
        if (!sessionClass.isInstance(webSocketSession)) {
            return null;
        }
        try {
            Object webSocket = getChannel.invoke(webSocketSession);
            return (boolean) hasExtensions.invoke(webSocket)
                    ? null
                    : new UndertowTransport(portable, webSocket, getConnection.invoke(webSocket));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "No connection found under this session", e);
            return null;
        }
    }

    /**
     * Closes the TCP connection of a closed session after some seconds.
     *
     * @param webSocketSession a closed session of any container
     */
    public void end(Object webSocketSession) {
        if (!sessionClass.isInstance(webSocketSession)) {
            return;
        }
        try {
            UndertowCloseTimer.start(getConnection.invoke(getChannel.invoke(webSocketSession)));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "No connection found under this session; it ends when the client ends it", e);
        }
    }
}
