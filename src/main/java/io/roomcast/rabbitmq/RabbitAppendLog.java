package io.roomcast.rabbitmq;

import io.roomcast.replica.AppendLog;
import io.roomcast.replica.ReadingLoop;
import io.roomcast.replica.SendQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/**
 * The log of all nodes in streams of RabbitMQ, one for each partition. Where RabbitMQ has lost what this node has not read,
 * or has read, or if somebody has made a stream anew, the node reads anew from the first record.
 *
 * <p><b>Concurrency.</b> A thread connects and reads, and another one sends. No other thread calls RabbitMQ's client, since
 * Netty would leave objects with it. Both end with the log.
 */
public final class RabbitAppendLog implements AppendLog, ReadingLoop.Session {
    /** Of a record, which is in several messages then. */
    static final int MAX_BYTES = 4 << 20;

    private final RabbitSettings settings;
    private final ThreadFactory threads;
    private final LongSupplier nanoClock;
    private final RabbitConnections connections;
    private final SendQueue queue;
    private final ReadingLoop loop;
    private StreamReader reader;
    private volatile RabbitConnection connection;

    /**
     * Does not connect yet.
     *
     * @param node name of the node, which RabbitMQ shows
     * @param threads makes the threads that live until {@link #close}
     * @param nanoClock as {@link System#nanoTime}
     */
    public RabbitAppendLog(RabbitSettings settings, String node, ThreadFactory threads, LongSupplier nanoClock) {
        this.settings = settings;
        this.threads = threads;
        this.nanoClock = nanoClock;
        this.connections = new RabbitConnections(settings, node, threads);
        this.queue = new SendQueue("RabbitMQ", settings.timeout(), nanoClock);
        this.loop = new ReadingLoop("RabbitMQ at " + settings.servers(), this);
    }

    @Override
    public void follow(Follower follower) {
        reader = new StreamReader(follower, nanoClock);
        loop.start(threads);
        queue.start(threads);
    }

    @Override
    public void run() throws ExecutionException, InterruptedException {
        try (RabbitConnection open = connections.open()) {
            connection = open;
            if (loop.isClosed()) {
                return;
            }
            reader.read(open, new Streams(settings, open, loop::pause), settings, () -> {
                queue.use(open);
                connections.connected();
                loop.connected();
            });
        } finally {
            queue.use(null);
            connection = null;
        }
    }

    /** Netty's thread ends on the thread that has used it. */
    @Override
    public void ended() {
        connections.close();
    }

    @Override
    public CompletionStage<Void> append(int partition, byte[] record) {
        return queue.send(partition, record);
    }

    @Override
    public void send(byte[] note) {
        queue.send(SendQueue.NOTES, note);
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public void close() {
        queue.close();
        loop.close(() -> {
            RabbitConnection open = connection;
            if (open != null) {
                open.wake();
            }
        });
    }
}
