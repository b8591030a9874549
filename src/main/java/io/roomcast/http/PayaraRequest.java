package io.roomcast.http;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.threadpool.GrizzlyExecutorService;

/**
 * A request of Payara, and the connection that it came over. By itself a thread of Payara, which has 200 of them, waits for thirty seconds for a client that does not
 * take what it is sent, and serves a thousand requests of one client before it turns to another. Here both are made short. Not to be used on other servers, which have no Grizzly. Any thread.
 */
final class PayaraRequest {
    private static final Logger LOG = System.getLogger(PayaraRequest.class.getName());
    private static final String FACADE = "org.apache.catalina.connector.RequestFacade";

    /**
     * The way from Payara's request to Grizzly's, looked up in the class, whatever becomes of one connection: null where the class is other than in
     * Payara 6. Payara's class keeps it, and so it must be of no class of ours: that would stay when the application is gone.
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

    /** Of one reading of a connection: how many of the requests that came with it have begun. */
    private static final Attribute<Integer> BEGUN =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute("roomcast.requests-begun");

    private final Connection<?> connection;
    private final FilterChainContext reading;
    private final HttpRequestPacket head;

    private PayaraRequest(Request request) {
        this.reading = request.getContext();
        this.connection = reading.getConnection();
        this.head = request.getRequest();
    }

    /** @return null on a Payara that is other than Payara 6, and where the connection is gone */
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
            return new PayaraRequest((Request) path.get(1).invoke(path.get(0).invoke(facade)));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "a connection takes no time limit", e);
            return null;
        }
    }

    /** @return whether anybody is there to be answered. If not, what else was sent is not answered either: by itself Payara does, whoever may have gone */
    boolean isAwaited() {
        if (!connection.isOpen()) {
            readNoMore();
        }
        return connection.isOpen();
    }

    /**
     * Ends a row of requests with this one, if it is long enough. To be called once for each request, before anything is answered.
     *
     * @param most requests of a connection that are answered of those that were read together; 0 for all
     */
    void endRow(HttpServletRequest request, HttpServletResponse response, int most) {
        if (most > 0 && place() >= most) {
            response.setHeader("Connection", "close");
            if (!UnreadBody.isThere(request)) {
                readNoMore();
            }
        }
    }

    /** @return which one it is of those that were read together, from 1 */
    private int place() {
        Integer before = BEGUN.get(reading);
        int place = before == null ? 1 : before + 1;
        BEGUN.set(reading, place);
        return place;
    }

    /** The name is Grizzly's: it drops what it has read, and does not look for another request in it. */
    private void readNoMore() {
        head.setContentBroken(true);
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
