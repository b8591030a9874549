package io.roomcast.http;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.threadpool.GrizzlyExecutorService;

/**
 * The connection under a request of Payara, which lets a thread of the server wait for thirty seconds for a client that does not take what it is sent, and has 200 of them.
 * Here the waiting is made short. Any thread.
 */
final class PayaraRequest {
    private static final Logger LOG = System.getLogger(PayaraRequest.class.getName());
    private static final String FACADE = "org.apache.catalina.connector.RequestFacade";

    /**
     * The way from Payara's request to Grizzly's, looked up in the class, whatever becomes of one connection: null where the class is none of Payara's, or other
     * than in Payara 6. Payara's class keeps it, and so it must be of no class of ours: that would stay when the application is gone.
     */
    private static final ClassValue<List<Method>> PATH = new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
            if (!type.getName().equals(FACADE)) {
                return null;
            }
            try {
                Method own = type.getMethod("getUnwrappedCoyoteRequest");
                Method grizzly = own.getReturnType().getMethod("getCoyoteRequest");
                return Request.class.isAssignableFrom(grizzly.getReturnType()) ? List.of(own, grizzly) : null;
            } catch (ReflectiveOperationException | LinkageError e) {
                LOG.log(Level.WARNING, "This Payara hides its connections; slow clients hold its threads", e);
                return null;
            }
        }
    };

    private final Connection<?> connection;

    private PayaraRequest(Connection<?> connection) {
        this.connection = connection;
    }

    /** @return null on another server, and where the connection is gone */
    static PayaraRequest of(ServletRequest request) {
        ServletRequest facade = request;
        while (facade instanceof ServletRequestWrapper wrapper) {
            facade = wrapper.getRequest();
        }
        List<Method> path = PATH.get(facade.getClass());
        if (path == null) {
            return null;
        }
        try {
            Request grizzly = (Request) path.get(1).invoke(path.get(0).invoke(facade));
            return new PayaraRequest(grizzly.getContext().getConnection());
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "a connection takes no time limit", e);
            return null;
        }
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    /** @param millis that a thread waits until the network takes more; 0 where the server's own limit holds */
    void waitForReader(int millis) {
        if (millis > 0) {
            connection.setWriteTimeout(millis, TimeUnit.MILLISECONDS);
        }
    }

    /** @return how many requests the server works on at a time; 0 where it does not say */
    int threads() {
        return connection.getTransport().getWorkerThreadPool() instanceof GrizzlyExecutorService pool
                ? Math.max(0, pool.getConfiguration().getMaxPoolSize())
                : 0;
    }
}
