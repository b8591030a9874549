package io.roomcast.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import org.xnio.IoUtils;
import org.xnio.Option;
import org.xnio.Options;
import org.xnio.channels.Configurable;

/**
 * The connection of a request of WildFly's Undertow. By default a few dozen clients can occupy all threads of Undertow,
 * because a thread waits 90 seconds or more for a client that does not send or read. This class shortens the wait for
 * HTTP. It resets the wait when the connection becomes a WebSocket, because then no thread waits. Any thread.
 */
public final class UndertowRequest {
    private static final Logger LOG = System.getLogger(UndertowRequest.class.getName());
    private static final String REQUEST_CLASS = "io.undertow.servlet.spec.HttpServletRequestImpl";
    /** The write timeout that WildFly has by default. */
    private static final Integer DEFAULT_MILLIS = 90_000;
    /** How long to wait for the rest of a body that nobody reads. This is long enough for the response to arrive. */
    static final int UNREAD_BODY_MILLIS = 2_000;

    /**
     * The method that leads from a request to its exchange, looked up once for each class of requests. Null if the
     * class is not Undertow's, or differs from Undertow 2.3.
     */
    private static final ClassValue<Method> EXCHANGE = new ClassValue<>() {
        @Override
        protected Method computeValue(Class<?> type) {
            if (!type.getName().equals(REQUEST_CLASS)) {
                return null;
            }
            try {
                Method exchange = type.getMethod("getExchange");
                return HttpServerExchange.class.isAssignableFrom(exchange.getReturnType()) ? exchange : null;
            } catch (ReflectiveOperationException | LinkageError e) {
                LOG.log(
                        Level.WARNING,
                        "Cannot reach the connections of this version of Undertow. Slow clients can hold all threads",
                        e);
                return null;
            }
        }
    };

    private final ServerConnection connection;

    private UndertowRequest(ServerConnection connection) {
        this.connection = connection;
    }

    /** @return null if the server is not Undertow 2.3, or the connection is closed */
    public static UndertowRequest of(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        Method exchange = EXCHANGE.get(inner.getClass());
        if (exchange == null) {
            return null;
        }
        try {
            return new UndertowRequest(((HttpServerExchange) exchange.invoke(inner)).getConnection());
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the time limit of a connection cannot be set", e);
            return null;
        }
    }

    public ConnectionWatch watch() {
        return new UndertowWatch(connection);
    }

    /**
     * Closes the connection of a request that will wait, if its body has arrived and its client has gone already, or has
     * sent more. To be called by the thread that serves the request.
     *
     * @param length bytes of the body, as the head of the request says; negative if unknown
     * @return whether the connection was closed
     */
    public boolean closeIfGone(long length) {
        if (!(connection instanceof HttpServerConnection http) || length < 0) {
            return false;
        }
        PooledByteBuffer arrived = http.getExtraBytes();
        boolean isWhole = (arrived == null ? 0 : arrived.getBuffer().remaining()) >= length;
        if (isWhole && UndertowWatch.hasClosed(http)) {
            IoUtils.safeClose(http);
            return true;
        }
        return false;
    }

    /** Sets how long a thread waits for the rest of an unread body to two seconds. */
    void shortenReadTimeout() {
        set(Options.READ_TIMEOUT, UNREAD_BODY_MILLIS);
    }

    /**
     * Sets how long a thread waits for a client that reads nothing of its response.
     *
     * @param millis the time; 0 to keep the limit of the server
     */
    public void setWriteTimeout(int millis) {
        if (millis > 0) {
            set(Options.WRITE_TIMEOUT, millis);
        }
    }

    /** Resets the wait for a reader to the default, because {@link #setWriteTimeout} may have shortened it. */
    public void becomeWebSocket() {
        Integer millis = get(Options.WRITE_TIMEOUT);
        if (millis != null && millis > 0 && millis < DEFAULT_MILLIS) {
            set(Options.WRITE_TIMEOUT, DEFAULT_MILLIS);
        }
    }

    /** @return how many requests the server handles at a time; 0 if unknown */
    public int threads() {
        Integer threads = null;
        try {
            // Reflection is needed, because code that names the class of the worker compiles only with more libraries
            // of WildFly.
            Configurable worker =
                    (Configurable) ServerConnection.class.getMethod("getWorker").invoke(connection);
            threads = worker.getOption(Options.WORKER_TASK_MAX_THREADS);
        } catch (ReflectiveOperationException | IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the number of threads cannot be read", e);
        }
        return threads == null ? 0 : threads;
    }

    private <T> T get(Option<T> option) {
        try {
            return connection.getOption(option);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the time limit of a connection cannot be read", e);
            return null;
        }
    }

    private <T> void set(Option<T> option, T value) {
        try {
            connection.setOption(option, value);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the time limit of a connection cannot be set", e);
        }
    }
}
