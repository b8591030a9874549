package io.roomcast.websocket.undertow;

import io.roomcast.outbound.Transport;
import io.roomcast.websocket.transport.SessionTransport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * The way from a session of Undertow to the connection under it; Undertow has no public one. It is looked up once, in the classes that the container of the
 * application's WebSockets was loaded with and before there is any connection: where something is other than in Undertow 2.3, or is not Undertow at all, there
 * is no such object, and the portable transport serves. What fails later is one connection's own affair.
 *
 * @param channel of a session
 * @param extended whether a channel has extensions, which have to see each message; the session does not know of one that the server's own
 *     configuration brings
 * @param connection of a channel
 */
public record UndertowInternals(Class<?> session, Method channel, Method extended, Field connection) {
    private static final Logger LOG = System.getLogger(UndertowInternals.class.getName());
    private static final String CONTAINER = "io.undertow.websockets.jsr.ServerWebSocketContainer";

    /**
     * @param container of the application's WebSockets, of whatever kind
     * @return null where there is no such way
     */
    public static UndertowInternals of(Object container) {
        if (container == null || !container.getClass().getName().equals(CONTAINER)) {
            return null;
        }
        try {
            ClassLoader classes = container.getClass().getClassLoader();
            Class<?> session = Class.forName("io.undertow.websockets.jsr.UndertowSession", false, classes);
            Method channel = session.getMethod("getWebSocketChannel");
            Field connection = Class.forName("io.undertow.server.protocol.framed.AbstractFramedChannel", false, classes)
                    .getDeclaredField("channel");
            connection.setAccessible(true);
            return new UndertowInternals(
                    session, channel, channel.getReturnType().getMethod("areExtensionsSupported"), connection);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            LOG.log(Level.INFO, "This Undertow hides its connections; messages are encoded for each session", e);
            return null;
        }
    }

    /**
     * @param jakarta a session of any container
     * @return null where it has extensions, where it is of another container, and where its connection is gone
     */
    public Transport transport(Object jakarta, SessionTransport portable) {
        if (!session.isInstance(jakarta)) {
            return null;
        }
        try {
            Object webSocket = channel.invoke(jakarta);
            return (boolean) extended.invoke(webSocket)
                    ? null
                    : new UndertowTransport(portable, webSocket, connection.get(webSocket));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "A connection is not to be found under its session; the next may be", e);
            return null;
        }
    }

    /** @param jakarta a session of any container, which is closed */
    public void end(Object jakarta) {
        if (!session.isInstance(jakarta)) {
            return;
        }
        try {
            UndertowEnd.await(connection.get(channel.invoke(jakarta)));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(
                    Level.DEBUG,
                    "A connection is not to be found under its session; it ends when the client ends it",
                    e);
        }
    }
}
