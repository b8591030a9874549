package io.roomcast.http;

import java.io.CharConversionException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.HttpServerProbe;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.DataChunk;
import org.glassfish.grizzly.http.util.HttpStatus;

/**
 * Closes connections of Payara after a request that Payara answers itself, because it cannot read the host or the path
 * of the request, or refuses the method TRACE. Payara makes a stack trace for most of these requests. No application
 * receives them, so {@link PayaraRequest#limitPipeline} does not count them. Without this class a thread answers
 * thousands of them in a row for one client. The first request on a listener makes this class watch that listener, also
 * for other applications. It does not change requests that an application can receive. This class cannot be linked on
 * other servers, like {@link PayaraRequest}.
 *
 * <p><b>Concurrency.</b> Grizzly calls the probe on the thread that answers. Threads with a request call {@link #watch}.
 * The monitor of this object guards {@code closed}, so that no listener is watched after {@link #close}: its probe would
 * keep the undeployed application in memory.
 */
public final class PayaraRefusals implements AutoCloseable {
    private final HttpServerProbe probe = new Probe();
    /** The filters that answer the requests of the watched listeners. */
    private final Set<HttpServerFilter> watchedFilters = ConcurrentHashMap.newKeySet();

    private boolean closed;

    /** Watches the listener of this request from now on. */
    public void watch(PayaraRequest request) {
        HttpServerFilter filter = request.server();
        if (!watchedFilters.contains(filter)) {
            add(filter);
        }
    }

    private synchronized void add(HttpServerFilter filter) {
        if (!closed && watchedFilters.add(filter)) {
            filter.getMonitoringConfig().addProbes(probe);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        watchedFilters.forEach(filter -> filter.getMonitoringConfig().removeProbes(probe));
    }

    @SuppressWarnings("rawtypes") // Grizzly's signatures
    private static final class Probe extends HttpServerProbe.Adapter {
        @Override
        public void onRequestCompleteEvent(HttpServerFilter filter, Connection connection, Response response) {
            HttpRequestPacket head = response.getRequest().getRequest();
            if (!hasReadableHost(head) || !hasReadablePath(head) || isRefusedTrace(head, response)) {
                // Grizzly then discards the bytes that it has read, without looking for further requests in them.
                head.setContentBroken(true);
                head.getProcessingState().getHttpContext().close();
            }
        }

        private static boolean hasReadableHost(HttpRequestPacket head) {
            try {
                DataChunk host = head.serverName();
                return !host.isNull() && host.getLength() > 0;
            } catch (RuntimeException e) {
                return false;
            }
        }

        private static boolean hasReadablePath(HttpRequestPacket head) {
            try {
                // If Payara has decoded the path, Grizzly returns that result here.
                head.getRequestURIRef().getDecodedRequestURIBC();
                return true;
            } catch (CharConversionException | RuntimeException e) {
                return false;
            }
        }

        private static boolean isRefusedTrace(HttpRequestPacket head, Response response) {
            return Method.TRACE.equals(head.getMethod())
                    && HttpStatus.METHOD_NOT_ALLOWED_405.statusMatches(response.getStatus());
        }
    }
}
