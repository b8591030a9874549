package io.roomcast.http;

import io.roomcast.service.admission.Verdict;
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
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.threadpool.GrizzlyExecutorService;

/**
 * A request of Payara or GlassFish, and its connection. By default a thread of Payara waits up to thirty seconds for a client that
 * does not read its response. A thread also answers up to a thousand pipelined requests of one client in a row. Enough
 * such clients occupy all threads of the server. This class shortens the wait and the pipeline. It cannot be linked on
 * WildFly, which has no Grizzly. Any thread.
 */
public final class PayaraRequest {
    private static final Logger LOG = System.getLogger(PayaraRequest.class.getName());
    /**
     * The methods that lead from Payara's request to Grizzly's, looked up once for each class of requests; null for a
     * class that differs from those of Payara and GlassFish. The value is stored in Payara's class. So its type must not be a class of ours,
     * because that would keep an undeployed application in memory.
     */
    private static final ClassValue<List<Method>> ACCESSORS = new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
            if (!type.getName().equals(CatalinaRequests.FACADE)) {
                return null;
            }
            try {
                Method catalina = CatalinaRequests.toCatalina(type);
                return List.of(catalina, CatalinaRequests.toGrizzly(catalina.getReturnType()));
            } catch (ReflectiveOperationException | LinkageError e) {
                LOG.log(
                        Level.WARNING,
                        "Cannot reach the connections of this server. Slow clients can hold all threads",
                        e);
                return null;
            }
        }
    };

    /** An attribute of one read of a connection: how many of the requests in it have begun. */
    private static final Attribute<Integer> REQUEST_COUNT =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute("roomcast.requests-begun");

    private final Connection<?> connection;
    private final FilterChainContext readContext;
    private final HttpRequestPacket head;
    private final org.glassfish.grizzly.http.server.HttpServerFilter server;

    private PayaraRequest(Request request) {
        this.server = request.getHttpFilter();
        this.readContext = request.getContext();
        this.connection = readContext.getConnection();
        this.head = request.getRequest();
    }

    /** @return null if the server differs from Payara and GlassFish, or the connection is closed */
    public static PayaraRequest of(ServletRequest request) {
        ServletRequest facade = request;
        while (facade instanceof ServletRequestWrapper wrapper) {
            facade = wrapper.getRequest();
        }
        List<Method> accessors = ACCESSORS.get(facade.getClass());
        if (accessors == null) {
            return null;
        }
        try {
            return new PayaraRequest(
                    (Request) accessors.get(1).invoke(accessors.get(0).invoke(facade)));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the time limit of a connection cannot be set", e);
            return null;
        }
    }

    /** @return the filter that parses the requests of this listener; null for an HTTP/2 request */
    HttpServerFilter parser() {
        FilterChain filters = readContext.getFilterChain();
        int index = filters.indexOfType(HttpServerFilter.class);
        return index == -1 ? null : (HttpServerFilter) filters.get(index);
    }

    /** @return the filter that answers the requests of this listener */
    org.glassfish.grizzly.http.server.HttpServerFilter server() {
        return server;
    }

    /** Whether the head of this request {@linkplain GrizzlyHeads#isBroken is broken}. */
    public boolean hasBrokenHead() {
        return GrizzlyHeads.isBroken(head);
    }

    /**
     * Makes Grizzly answer this request in HTTP, although it may offer another protocol, as Java's HTTP client does
     * with HTTP/2. Otherwise Grizzly would write neither the type nor the length of the response.
     */
    public void stayWithHttp() {
        head.setIgnoreContentModifiers(false);
    }

    /**
     * Sets the reason phrase and headers of a refusal. Grizzly has no phrase for some of the statuses, and writes neither
     * the type nor the length of a response to which an application has added the header {@code Upgrade}.
     */
    public void describe(Verdict refusal) {
        HttpResponsePacket response = head.getResponse();
        response.setReasonPhrase(refusal.reason());
        refusal.headers()
                .forEach((name, value) -> response.getHeaders().setValue(name).setString(value));
    }

    /**
     * Checks whether the client is still connected. If not, this method discards its other pipelined requests, because
     * Payara would still answer them.
     */
    public boolean checkConnected() {
        if (!connection.isOpen()) {
            dropPipeline();
        }
        return connection.isOpen();
    }

    /**
     * Closes the connection after this request if too many requests came with it. Also closes the connection if the
     * request offers another protocol, because Grizzly then closes it in any case. To be called once for each request,
     * before its response.
     *
     * @param max of the requests that were read together, the most that are answered; 0 for no limit
     */
    public void limitPipeline(HttpServletRequest request, HttpServletResponse response, int max) {
        if (request.getHeader("Upgrade") != null) {
            response.setHeader("Connection", "close");
        }
        if (max > 0 && countInPipeline() >= max) {
            response.setHeader("Connection", "close");
            if (!UnreadBody.hasBody(request)) {
                dropPipeline();
            }
        }
    }

    /**
     * Counts this request.
     *
     * @return its number among the requests that were read together, from 1
     */
    private int countInPipeline() {
        Integer before = REQUEST_COUNT.get(readContext);
        int number = before == null ? 1 : before + 1;
        REQUEST_COUNT.set(readContext, number);
        return number;
    }

    /** Makes Grizzly discard the bytes that it has read, without looking for further requests in them. */
    private void dropPipeline() {
        head.setContentBroken(true);
    }

    /** @return null for a connection that other requests share, as with HTTP/2 */
    NIOConnection ownConnection() {
        return parser() != null && connection instanceof NIOConnection own ? own : null;
    }

    /**
     * Sets how long a thread waits for a client that reads nothing of its response.
     *
     * @param millis the time; 0 to keep the limit of the server
     */
    public void setWriteTimeout(int millis) {
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
