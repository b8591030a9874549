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
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.threadpool.GrizzlyExecutorService;

/**
 * A request of Payara and its connection. By default a thread of Payara waits up to thirty seconds for a client that
 * does not read its response. It also answers up to a thousand pipelined requests of one client in a row. Enough such
 * clients hold all threads of the server. This class shortens the wait and the pipeline. Only for Payara: WildFly has
 * no Grizzly, so this class cannot be linked there. Any thread.
 */
public final class PayaraRequest {
    private static final Logger LOG = System.getLogger(PayaraRequest.class.getName());
    private static final String FACADE = "org.apache.catalina.connector.RequestFacade";

    /**
     * The methods that lead from Payara's request to Grizzly's, looked up once for each class of requests; null for a
     * class that differs from Payara 6. Payara's class holds the value, so it must not be of a class of ours: that
     * would keep an undeployed application in memory.
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
                LOG.log(
                        Level.WARNING,
                        "Cannot reach the connections of this version of Payara. Slow clients can hold all threads",
                        e);
                return null;
            }
        }
    };

    /** Attribute of one read of a connection: how many of its requests have begun. */
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

    /** @return null if the server differs from Payara 6, or the connection is closed */
    public static PayaraRequest of(ServletRequest request) {
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
            LOG.log(Level.DEBUG, "the time limit of a connection cannot be set", e);
            return null;
        }
    }

    /** @return what parses the requests of this listener; null for an HTTP/2 request */
    HttpServerFilter parser() {
        FilterChain filters = reading.getFilterChain();
        int index = filters.indexOfType(HttpServerFilter.class);
        return index == -1 ? null : (HttpServerFilter) filters.get(index);
    }

    /**
     * Whether the client is still connected. If not, this method drops its other pipelined requests, which Payara would
     * still answer.
     */
    public boolean isConnected() {
        if (!connection.isOpen()) {
            dropPipeline();
        }
        return connection.isOpen();
    }

    /**
     * Closes the connection after this request if too many came with it, or if it offers another protocol: then Grizzly
     * closes it in any case. To be called once for each request, before its response.
     *
     * @param max the most requests that are answered of those that were read together; 0 for no limit
     */
    public void limitPipeline(HttpServletRequest request, HttpServletResponse response, int max) {
        if (request.getHeader("Upgrade") != null) {
            response.setHeader("Connection", "close");
        }
        if (max > 0 && nextInPipeline() >= max) {
            response.setHeader("Connection", "close");
            if (!UnreadBody.isThere(request)) {
                dropPipeline();
            }
        }
    }

    /** @return the number of this request among those that were read together, from 1 */
    private int nextInPipeline() {
        Integer before = BEGUN.get(reading);
        int number = before == null ? 1 : before + 1;
        BEGUN.set(reading, number);
        return number;
    }

    /** Makes Grizzly drop the bytes that it has read, without looking for further requests in them. */
    private void dropPipeline() {
        head.setContentBroken(true);
    }

    /** @param millis how long a thread waits until the client reads more; 0 for the server's own limit */
    public void waitForReader(int millis) {
        if (millis > 0) {
            connection.setWriteTimeout(millis, TimeUnit.MILLISECONDS);
        }
    }

    /** @return how many requests the server handles at a time; 0 if unknown */
    public int threads() {
        return connection.getTransport().getWorkerThreadPool() instanceof GrizzlyExecutorService pool
                ? Math.max(0, pool.getConfiguration().getMaxPoolSize())
                : 0;
    }
}
