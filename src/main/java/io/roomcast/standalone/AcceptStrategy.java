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
 * Accepts connections as the {@link ConnectionLimiter} allows, and processes all other events on the selector's thread.
 * Accepting pauses for some milliseconds if all connections or file descriptors are in use. New clients then wait in
 * the queue of the operating system. Without a pause the selector would try again at once and use up a core.
 */
final class AcceptStrategy implements IOStrategy, ChannelConfigurator {
    private static final Logger LOG = System.getLogger(AcceptStrategy.class.getName());
    private static final SameThreadIOStrategy SELECTOR_THREAD_STRATEGY = SameThreadIOStrategy.getInstance();
    private static final ChannelConfigurator DEFAULT_CONFIGURATOR = TCPNIOTransport.DEFAULT_CHANNEL_CONFIGURATOR;
    /** The pause while the limiter allows no further connection. */
    private static final long FULL_PAUSE_MILLIS = 2;
    /** The pause after the system could not accept a connection. */
    private static final long FAILURE_PAUSE_MILLIS = 100;

    private static final int ACCEPTS_AT_A_TIME = 64;
    private static final long WARNING_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final ConnectionLimiter limiter;
    private final NodeMetrics metrics;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    /** Whether a client was there to be accepted. Used by the accepting thread only. */
    private boolean hasAccepted;
    /** When the last warning was logged; null before the first. Used by the accepting thread only. */
    private Long lastWarningNanos;

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
            return SELECTOR_THREAD_STRATEGY.executeIoEvent(connection, event, isEnabled);
        }
        accept((TCPNIOServerConnection) connection);
        return true;
    }

    /**
     * Accepts the clients that wait, some at a time. One accept for each round of the selector would be so slow that a
     * single client which opens and drops connections keeps all others, and health checks, in the queue of the system.
     */
    private void accept(TCPNIOServerConnection listener) throws IOException {
        int accepted = 0;
        do {
            hasAccepted = false;
            if (!limiter.ensureCapacity()) {
                pause(listener, FULL_PAUSE_MILLIS);
                return;
            }
            acceptOne(listener);
        } while (hasAccepted && ++accepted < ACCEPTS_AT_A_TIME);
    }

    private void acceptOne(TCPNIOServerConnection listener) throws IOException {
        try {
            listener.onAccept();
        } catch (ClosedChannelException e) {
            LOG.log(Level.DEBUG, "the listener is closed", e);
        } catch (IOException e) {
            metrics.increment(Counter.ACCEPTS_FAILED);
            warn(e);
            limiter.closeLongestIdle();
            pause(listener, FAILURE_PAUSE_MILLIS);
        }
    }

    private void warn(IOException failure) {
        long now = nanoClock.getAsLong();
        if (lastWarningNanos == null || now - lastWarningNanos >= WARNING_INTERVAL_NANOS) {
            lastWarningNanos = now;
            LOG.log(
                    Level.WARNING,
                    "Cannot accept connections: {0}. Logged once in ten minutes; roomcast_accepts_failed_total counts them all",
                    failure.getMessage());
        }
    }

    private void pause(TCPNIOServerConnection listener, long millis) throws IOException {
        listener.disableIOEvent(IOEvent.SERVER_ACCEPT);
        try {
            var unused = timer.schedule(() -> resume(listener), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping", e);
        }
    }

    private static void resume(TCPNIOServerConnection listener) {
        try {
            if (listener.isOpen()) {
                listener.enableIOEvent(IOEvent.SERVER_ACCEPT);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the listener is closed", e);
        }
    }

    @Override
    public void preConfigure(NIOTransport transport, SelectableChannel channel) throws IOException {
        configure(channel, () -> DEFAULT_CONFIGURATOR.preConfigure(transport, channel));
        if (channel instanceof SocketChannel) {
            hasAccepted = true;
            limiter.beginAccept(channel);
        }
    }

    @Override
    public void postConfigure(NIOTransport transport, SelectableChannel channel) throws IOException {
        configure(channel, () -> DEFAULT_CONFIGURATOR.postConfigure(transport, channel));
    }

    private interface ConfigurationStep {
        void run() throws IOException;
    }

    /** Configures a channel. If the configuration fails, the channel is closed. */
    private void configure(SelectableChannel channel, ConfigurationStep step) throws IOException {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            limiter.abandonAccept(channel);
            channel.close();
            throw e;
        }
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Executor getThreadPoolFor(Connection connection, IOEvent event) {
        return SELECTOR_THREAD_STRATEGY.getThreadPoolFor(connection, event);
    }

    @Override
    public ThreadPoolConfig createDefaultWorkerPoolConfig(Transport transport) {
        return SELECTOR_THREAD_STRATEGY.createDefaultWorkerPoolConfig(transport);
    }
}
