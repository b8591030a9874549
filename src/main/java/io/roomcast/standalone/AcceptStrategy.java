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
 * Takes connections in as the door allows, and handles what comes over them on the thread that found it. Where nobody can be taken in, for want of room or of files, those who
 * come wait with the system for a moment: asked again at once, it would have the same answer, for as long as all of a core.
 */
final class AcceptStrategy implements IOStrategy, ChannelConfigurator {
    private static final Logger LOG = System.getLogger(AcceptStrategy.class.getName());
    private static final SameThreadIOStrategy SAME_THREAD = SameThreadIOStrategy.getInstance();
    private static final ChannelConfigurator USUAL = TCPNIOTransport.DEFAULT_CHANNEL_CONFIGURATOR;
    private static final long FULL_MILLIS = 2;
    private static final long FAILED_MILLIS = 100;
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final ConnectionLimiter door;
    private final NodeMetrics metrics;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    /** When the log was told that somebody could not be taken in; null before. By the thread that takes them in. */
    private Long warnedAt;

    AcceptStrategy(
            ConnectionLimiter door, NodeMetrics metrics, ScheduledExecutorService timer, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.door = door;
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
        takeIn((TCPNIOServerConnection) connection);
        return true;
    }

    private void takeIn(TCPNIOServerConnection listening) throws IOException {
        if (!door.makeRoom()) {
            pause(listening, FULL_MILLIS);
            return;
        }
        try {
            listening.onAccept();
        } catch (ClosedChannelException e) {
            LOG.log(Level.DEBUG, "takes nobody in any more", e);
        } catch (IOException e) {
            metrics.increment(Counter.ACCEPTS_FAILED);
            warn(e);
            door.giveWay();
            pause(listening, FAILED_MILLIS);
        }
    }

    private void warn(IOException failure) {
        long now = nanoClock.getAsLong();
        if (warnedAt == null || now - warnedAt >= QUIET_NANOS) {
            warnedAt = now;
            LOG.log(
                    Level.WARNING,
                    "Connections cannot be taken in: {0}. This is said once in ten minutes; roomcast_accepts_failed_total counts",
                    failure.getMessage());
        }
    }

    private void pause(TCPNIOServerConnection listening, long millis) throws IOException {
        listening.disableIOEvent(IOEvent.SERVER_ACCEPT);
        try {
            var unused = timer.schedule(() -> resume(listening), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "ends", e);
        }
    }

    private static void resume(TCPNIOServerConnection listening) {
        try {
            if (listening.isOpen()) {
                listening.enableIOEvent(IOEvent.SERVER_ACCEPT);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "takes nobody in any more", e);
        }
    }

    @Override
    public void preConfigure(NIOTransport transport, SelectableChannel channel) throws IOException {
        configure(channel, () -> USUAL.preConfigure(transport, channel));
        if (channel instanceof SocketChannel) {
            door.arrives(channel);
        }
    }

    @Override
    public void postConfigure(NIOTransport transport, SelectableChannel channel) throws IOException {
        configure(channel, () -> USUAL.postConfigure(transport, channel));
    }

    private interface Configuring {
        void run() throws IOException;
    }

    /** One that cannot be used is given back. */
    private void configure(SelectableChannel channel, Configuring configuring) throws IOException {
        try {
            configuring.run();
        } catch (IOException | RuntimeException e) {
            door.forget(channel);
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
