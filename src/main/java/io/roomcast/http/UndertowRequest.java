package io.roomcast.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import org.xnio.Option;
import org.xnio.Options;
import org.xnio.channels.Configurable;

/**
 * The connection under a request of WildFly's Undertow, which lets a thread of the server wait for a client that does not send, or does not take what it is
 * sent, for ninety seconds and more. A few dozen such clients, whoever they are, hold all of its threads. So the waiting is made short here, for each
 * connection that speaks HTTP, and as it was again for one that becomes a WebSocket, where no thread waits. Any thread.
 */
public final class UndertowRequest {
    private static final Logger LOG = System.getLogger(UndertowRequest.class.getName());
    private static final String REQUEST = "io.undertow.servlet.spec.HttpServletRequestImpl";
    /** As WildFly has it by itself. */
    private static final Integer SERVERS_OWN_MILLIS = 90_000;
    /** Enough for the answer to arrive. */
    private static final Integer UNREAD_BODY_MILLIS = 2_000;

    /** Looked up in the class, whatever becomes of one connection: null where the class is none of Undertow's, or other than in Undertow 2.3. */
    private static final ClassValue<Method> EXCHANGE = new ClassValue<>() {
        @Override
        protected Method computeValue(Class<?> type) {
            if (!type.getName().equals(REQUEST)) {
                return null;
            }
            try {
                Method exchange = type.getMethod("getExchange");
                return HttpServerExchange.class.isAssignableFrom(exchange.getReturnType()) ? exchange : null;
            } catch (ReflectiveOperationException | LinkageError e) {
                LOG.log(Level.WARNING, "This Undertow hides its connections; slow clients hold its threads", e);
                return null;
            }
        }
    };

    private final ServerConnection connection;

    private UndertowRequest(ServerConnection connection) {
        this.connection = connection;
    }

    /** @return null on another server, and where the connection is gone */
    public static UndertowRequest of(ServletRequest request) {
        ServletRequest own = request;
        while (own instanceof ServletRequestWrapper wrapper) {
            own = wrapper.getRequest();
        }
        Method exchange = EXCHANGE.get(own.getClass());
        if (exchange == null) {
            return null;
        }
        try {
            return new UndertowRequest(((HttpServerExchange) exchange.invoke(own)).getConnection());
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "a connection takes no time limit", e);
            return null;
        }
    }

    void waitLessForBody() {
        set(Options.READ_TIMEOUT, UNREAD_BODY_MILLIS);
    }

    /** @param millis without any progress; 0 where the server's own limit holds */
    public void waitForReader(int millis) {
        if (millis > 0) {
            set(Options.WRITE_TIMEOUT, millis);
        }
    }

    /** It may have been an ordinary connection before. */
    public void becomeWebSocket() {
        Integer millis = get(Options.WRITE_TIMEOUT);
        if (millis != null && millis > 0 && millis < SERVERS_OWN_MILLIS) {
            set(Options.WRITE_TIMEOUT, SERVERS_OWN_MILLIS);
        }
    }

    /** @return how many requests the server works on at a time; 0 where it does not say */
    public int threads() {
        Integer threads = null;
        try {
            // By reflection, for the class of the worker needs libraries of WildFly's to be compiled against.
            Configurable worker =
                    (Configurable) ServerConnection.class.getMethod("getWorker").invoke(connection);
            threads = worker.getOption(Options.WORKER_TASK_MAX_THREADS);
        } catch (ReflectiveOperationException | IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the number of threads is not known", e);
        }
        return threads == null ? 0 : threads;
    }

    private <T> T get(Option<T> option) {
        try {
            return connection.getOption(option);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "a connection tells no time limit", e);
            return null;
        }
    }

    private <T> void set(Option<T> option, T value) {
        try {
            connection.setOption(option, value);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "a connection takes no time limit", e);
        }
    }
}
