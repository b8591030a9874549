package io.roomcast.standalone;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.IOStrategy;
import org.glassfish.grizzly.Transport;
import org.glassfish.grizzly.nio.ChannelConfigurator;
import org.glassfish.grizzly.nio.NIOTransport;
import org.glassfish.grizzly.nio.transport.TCPNIOServerConnection;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;
import org.glassfish.grizzly.threadpool.ThreadPoolConfig;

/**
 * Accepts connections as the {@link ConnectionLimiter} allows, and handles all other events on the selector's thread.
 * Where no connection can be accepted, for lack of room or of files, accepting pauses for some milliseconds and new
 * clients wait in the system's queue. Without a pause the selector would try again at once and use up a core.
 */
final class AcceptStrategy implements IOStrategy, ChannelConfigurator {
    private static final Logger LOG = System.getLogger(AcceptStrategy.class.getName());
    private static final SameThreadIOStrategy SAME_THREAD = SameThreadIOStrategy.getInstance();
    private static final ChannelConfigurator DEFAULT = TCPNIOTransport.DEFAULT_CHANNEL_CONFIGURATOR;
    private static final long NO_ROOM_PAUSE_MILLIS = 2;
    private static final long FAILURE_PAUSE_MILLIS = 100;
    private static final long WARNING_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final ConnectionLimiter limiter;
    private final NodeMetrics metrics;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    /** When the last warning was logged; null before the first. Used by the accepting thread only. */
    private Long warnedAt;

    AcceptStrategy(
            ConnectionLimiter limiter, NodeMetrics metrics, ScheduledExecutorService timer, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.limiter = limiter;
        this.metrics = metrics;
        this.timer = timer;
    }

    void install(TCPNIOTransport transport) {
        transport.setIOStrategy(this);
        transport.setChannelConfigurator(this);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public boolean executeIoEvent(Connection connection, IOEvent event) throws IOException {
        return executeIoEvent(connection, event, true);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public boolean executeIoEvent(Connection connection, IOEvent event, boolean isEnabled) throws IOException {
        if (event != IOEvent.SERVER_ACCEPT) {
            return SAME_THREAD.executeIoEvent(connection, event, isEnabled);
        }
        accept((TCPNIOServerConnection) connection);
        return true;
    }

    private void accept(TCPNIOServerConnection listening) throws IOException {
        if (!limiter.makeRoom()) {
            pause(listening, NO_ROOM_PAUSE_MILLIS);
            return;
        }
        try {
            listening.onAccept();
        } catch (ClosedChannelException e) {
            LOG.log(Level.DEBUG, "the listener is closed", e);
        } catch (IOException e) {
            metrics.increment(Counter.ACCEPTS_FAILED);
            warn(e);
            limiter.closeLongestIdle();
            pause(listening, FAILURE_PAUSE_MILLIS);
        }
    }

    private void warn(IOException failure) {
        long now = nanoClock.getAsLong();
        if (warnedAt == null || now - warnedAt >= WARNING_INTERVAL_NANOS) {
            warnedAt = now;
            LOG.log(
                    Level.WARNING,
                    "Cannot accept connections: {0}. Logged once in ten minutes; roomcast_accepts_failed_total counts them all",
                    failure.getMessage());
        }
    }

    private void pause(TCPNIOServerConnection listening, long millis) throws IOException {
        listening.disableIOEvent(IOEvent.SERVER_ACCEPT);
        try {
            var unused = timer.schedule(() -> resume(listening), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping", e);
        }
    }

    private static void resume(TCPNIOServerConnection listening) {
        try {
            if (listening.isOpen()) {
                listening.enableIOEvent(IOEvent.SERVER_ACCEPT);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the listener is closed", e);
        }
    }

    @Override
    public void preConfigure(NIOTransport transport, SelectableChannel channel) throws IOException {
        configure(channel, () -> DEFAULT.preConfigure(transport, channel));
        if (channel instanceof SocketChannel) {
            limiter.beginAccept(channel);
        }
    }

    @Override
    public void postConfigure(NIOTransport transport, SelectableChannel channel) throws IOException {
        configure(channel, () -> DEFAULT.postConfigure(transport, channel));
    }

    private interface Configuring {
        void run() throws IOException;
    }

    /** A channel that cannot be configured is closed. */
    private void configure(SelectableChannel channel, Configuring configuring) throws IOException {
        try {
            configuring.run();
        } catch (IOException | RuntimeException e) {
            limiter.abandonAccept(channel);
            channel.close();
            throw e;
        }
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Executor getThreadPoolFor(Connection connection, IOEvent event) {
        return SAME_THREAD.getThreadPoolFor(connection, event);
    }

    @Override
    public ThreadPoolConfig createDefaultWorkerPoolConfig(Transport transport) {
        return SAME_THREAD.createDefaultWorkerPoolConfig(transport);
    }
}
