package io.roomcast.http;

import io.roomcast.config.HttpKeys;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.http.HttpHeader;
import org.glassfish.grizzly.http.HttpProbe;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpServerFilter;

/**
 * Closes connections of Payara whose client does not finish the head of a request in time. Payara itself closes only
 * silent connections. A client that sends one byte now and then could keep its connection for hours. The first request
 * on a listener makes this class watch that listener, also for other applications. This class cannot be linked on other
 * servers, like {@link PayaraRequest}.
 *
 * <p><b>Concurrency.</b> Grizzly calls the probe on the thread that reads. Threads with a request call {@link #watch}.
 * A task of the timer closes connections. The monitor of this object guards {@code closed}, so that no listener is
 * watched after {@link #close}: its probe would keep the undeployed application in memory.
 */
public final class PayaraHeadTimeout implements AutoCloseable {
    /** An attribute of connections, set by Grizzly: the request that Grizzly is reading. */
    private static final Attribute<HttpRequestPacket> CURRENT_REQUEST =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME);

    /** An attribute of requests, set at the end of the head. What arrives then is a body, or data of a WebSocket. */
    private static final Attribute<Boolean> HEAD_ENDED =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute("roomcast.head-ended");

    private final long limitNanos;
    private final RunningTime time;
    private final NodeMetrics metrics;
    private final Future<?> task;
    private final HttpProbe probe = new Probe();
    /** The parsers of the watched listeners. */
    private final Set<HttpServerFilter> watchedParsers = ConcurrentHashMap.newKeySet();
    /** When the first byte of an unfinished head arrived, in nanoseconds of {@code time}, by connection. */
    private final Map<Connection<?>, Long> headStarts = new ConcurrentHashMap<>();

    private boolean closed;

    /** @param limit for the whole head; more than 0 */
    public PayaraHeadTimeout(Duration limit, RunningTime time, Threads threads, NodeMetrics metrics) {
        this.limitNanos = limit.toNanos();
        this.time = time;
        this.metrics = metrics;
        this.task = threads.timer().scheduleWithFixedDelay(this::closeLateConnections, 1, 1, TimeUnit.SECONDS);
    }

    /** Watches the listener of this request from now on. */
    public void watch(PayaraRequest request) {
        HttpServerFilter parser = request.parser();
        if (parser != null && !watchedParsers.contains(parser)) {
            add(parser);
        }
    }

    private synchronized void add(HttpServerFilter parser) {
        if (!closed && watchedParsers.add(parser)) {
            parser.getMonitoringConfig().addProbes(probe);
        }
    }

    private void closeLateConnections() {
        long now = time.getAsLong();
        headStarts.forEach((connection, since) -> {
            if (!connection.isOpen()) {
                headStarts.remove(connection);
            } else if (now - since > limitNanos && headStarts.remove(connection, since)) {
                connection.closeSilently();
                metrics.limitReached(HttpKeys.REQUEST_TIMEOUT.name());
            }
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        task.cancel(false);
        watchedParsers.forEach(parser -> parser.getMonitoringConfig().removeProbes(probe));
        headStarts.clear();
    }

    @SuppressWarnings("rawtypes") // Grizzly's signatures
    private final class Probe extends HttpProbe.Adapter {
        @Override
        public void onDataReceivedEvent(Connection connection, Buffer data) {
            HttpRequestPacket request = CURRENT_REQUEST.get(connection);
            if (request == null || HEAD_ENDED.get(request) == null) {
                headStarts.putIfAbsent(connection, time.getAsLong());
            }
        }

        @Override
        public void onHeaderParseEvent(Connection connection, HttpHeader head, int bytes) {
            HEAD_ENDED.set(head, true);
            headStarts.remove(connection);
        }
    }
}
