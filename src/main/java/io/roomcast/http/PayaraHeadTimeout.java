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
 * silent connections: a client that sends one byte now and then could keep its connection for hours. The first request
 * on a listener makes this class watch that listener, also for other applications. Only for Payara, like
 * {@link PayaraRequest}.
 *
 * <p><b>Concurrency.</b> Grizzly calls the probe on the thread that reads. Requests call {@link #watch}. A task of the
 * timer closes connections. The lock of this object keeps a listener from being watched after {@link #close}: Grizzly
 * would keep the undeployed application in memory.
 */
public final class PayaraHeadTimeout implements AutoCloseable {
    /** Of a connection: the request that Grizzly is reading. Grizzly sets it. */
    private static final Attribute<HttpRequestPacket> READING =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME);

    /** Of a request: its head has ended, so what arrives is its body, or the data of its WebSocket. */
    private static final Attribute<Boolean> ENDED =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute("roomcast.head-ended");

    private final long limitNanos;
    private final RunningTime time;
    private final NodeMetrics metrics;
    private final Future<?> task;
    private final HttpProbe probe = new Probe();
    private final Set<HttpServerFilter> watched = ConcurrentHashMap.newKeySet();
    /** When the first byte of a head arrived, by connection. */
    private final Map<Connection<?>, Long> begun = new ConcurrentHashMap<>();

    private boolean closed;

    /** @param limit for the whole head; more than 0 */
    public PayaraHeadTimeout(Duration limit, RunningTime time, Threads threads, NodeMetrics metrics) {
        this.limitNanos = limit.toNanos();
        this.time = time;
        this.metrics = metrics;
        this.task = threads.timer().scheduleWithFixedDelay(this::closeLate, 1, 1, TimeUnit.SECONDS);
    }

    /** Watches the listener of this request from now on. */
    public void watch(PayaraRequest request) {
        HttpServerFilter parser = request.parser();
        if (parser != null && !watched.contains(parser)) {
            add(parser);
        }
    }

    private synchronized void add(HttpServerFilter parser) {
        if (!closed && watched.add(parser)) {
            parser.getMonitoringConfig().addProbes(probe);
        }
    }

    private void closeLate() {
        long now = time.getAsLong();
        begun.forEach((connection, since) -> {
            if (!connection.isOpen()) {
                begun.remove(connection);
            } else if (now - since > limitNanos && begun.remove(connection, since)) {
                connection.closeSilently();
                metrics.limitReached(HttpKeys.REQUEST_TIMEOUT.name());
            }
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        task.cancel(false);
        watched.forEach(parser -> parser.getMonitoringConfig().removeProbes(probe));
        begun.clear();
    }

    @SuppressWarnings("rawtypes") // Grizzly's signatures
    private final class Probe extends HttpProbe.Adapter {
        @Override
        public void onDataReceivedEvent(Connection connection, Buffer data) {
            HttpRequestPacket request = READING.get(connection);
            if (request == null || ENDED.get(request) == null) {
                begun.putIfAbsent(connection, time.getAsLong());
            }
        }

        @Override
        public void onHeaderParseEvent(Connection connection, HttpHeader head, int bytes) {
            ENDED.set(head, true);
            begun.remove(connection);
        }
    }
}
