package io.roomcast.websocket.undertow;

import io.roomcast.outbound.Transport;
import io.roomcast.websocket.transport.ObservableTransport;
import io.roomcast.websocket.transport.ReflectiveLookup;
import io.roomcast.websocket.transport.SessionTransport;
import jakarta.websocket.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.function.LongSupplier;

/**
 * What Undertow 2.3 hides: the connection of a WebSocket session, and which threads process incoming messages. All
 * names are looked up at once, before there is any connection. A later failure concerns one connection only.
 *
 * @param sessionClass class of Undertow's sessions
 * @param getChannel method of a session that returns its channel
 * @param hasExtensions method of a channel: whether the channel has extensions, which must process each message. A
 *     session knows only the extensions that were negotiated, and not those of the server's own configuration.
 * @param getConnection method of a channel that returns its connection
 * @param openSessions field of a session: the sessions that Undertow closes when the server is suspended or stops
 * @param removeOpenSession method that removes a session from these
 * @param dispatchField field of a container: whether the container hands messages to a pool of threads
 */
public record UndertowInternals(
        Class<?> sessionClass,
        Method getChannel,
        Method hasExtensions,
        Method getConnection,
        Field dispatchField,
        Field openSessions,
        Method removeOpenSession) {
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
        Field openSessions = ReflectiveLookup.field(session, "openSessions");
        return new UndertowInternals(
                session,
                channel,
                channel.getReturnType().getMethod("areExtensionsSupported"),
                connection,
                dispatch,
                openSessions,
                openSessions.getType().getMethod("removeOpenSession", Session.class));
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
     * Leaves a session to this application when WildFly is suspended or stopped. Undertow would close all sessions at
     * once, before the application is told. The application closes them one after the other.
     *
     * @param session a session of any container that is opening
     * @return whether the application must close the session
     */
    public boolean keepFromServer(Session session) {
        if (!sessionClass.isInstance(session)) {
            return false;
        }
        try {
            removeOpenSession.invoke(openSessions.get(session), session);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "Undertow closes this session when the server stops", e);
            return false;
        }
    }

    /**
     * Makes the input of a session pass through an {@link UndertowSource}. To be called while the session opens, when
     * Undertow has read no frame.
     *
     * @param session a session of any container
     * @param limit current limit of a message from the client, in bytes
     */
    public void follow(Session session, ObservableTransport.Listener listener, LongSupplier limit) {
        if (!sessionClass.isInstance(session)) {
            return;
        }
        try {
            Object webSocket = getChannel.invoke(session);
            boolean compression = (boolean) hasExtensions.invoke(webSocket);
            UndertowSource.addTo(getConnection.invoke(webSocket), webSocket, session, listener, limit, compression);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "No connection found under this session; Undertow alone reads it", e);
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
