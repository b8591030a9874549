package io.roomcast.replica;

import io.roomcast.outbound.ByteBudget;
import io.roomcast.relay.RelayUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Records on their way to a broker. The clients of brokers block their callers, so a thread of its own calls them. What
 * waits for this thread is bounded in bytes, and in time.
 *
 * <p><b>Concurrency.</b> Any thread may call. Records leave in the order of the queue.
 */
public final class SendQueue {
    /** Instead of the number of a partition, for a note. */
    public static final int NOTES = -1;

    private static final long MAX_WAITING_BYTES = 64L << 20;
    private static final int MAX_WAITING = 100_000;
    private static final int MAX_BATCH = 1_000;
    private static final long CLOSE_MILLIS = 3_000;

    /**
     * A record on its way.
     *
     * @param partition or {@link #NOTES}
     * @param stored completed by whoever learns what has become of the record
     * @param since time in nanoseconds
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Sending(int partition, byte[] record, CompletableFuture<Void> stored, long since) {
        /** It is not known whether the broker has stored it. */
        public void fail(String why) {
            stored.completeExceptionally(new RelayUnavailableException(why));
        }
    }

    /** A connection to the broker. */
    public interface Sink {
        /** How many records it takes in one call. Those that became late during the call before are not sent. */
        default int maxBatch() {
            return MAX_BATCH;
        }

        /**
         * Sends the records in their order. Called by the thread of the queue; may block.
         *
         * @throws RuntimeException if the broker takes none of those that are not completed
         */
        void send(List<Sending> records);
    }

    private final BlockingQueue<Sending> queue = new LinkedBlockingQueue<>(MAX_WAITING);
    private final ByteBudget waitingBytes = new ByteBudget(MAX_WAITING_BYTES);
    private final String broker;
    private final long timeoutNanos;
    private final LongSupplier nanoClock;
    private volatile Sink sink;
    private volatile boolean closed;
    private Thread thread;

    /**
     * @param broker as people call it
     * @param timeout after which a record that waits is not sent any more
     * @param nanoClock as {@link System#nanoTime}
     */
    public SendQueue(String broker, Duration timeout, LongSupplier nanoClock) {
        this.broker = broker;
        this.timeoutNanos = timeout.toNanos();
        this.nanoClock = nanoClock;
    }

    public void start(ThreadFactory threads) {
        thread = threads.newThread(this::run);
        thread.start();
    }

    /** @param next null while the broker cannot be used */
    public void use(Sink next) {
        sink = next;
    }

    /** @param partition or {@link #NOTES} */
    public CompletionStage<Void> send(int partition, byte[] record) {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        Sending sending = new Sending(partition, record, stored, nanoClock.getAsLong());
        if (closed || sink == null) {
            sending.fail(broker + " cannot be reached");
            return stored;
        }
        if (waitingBytes.left() < record.length || !queue.offer(sending)) {
            sending.fail(broker + " takes records too slowly");
            return stored;
        }
        waitingBytes.add(record.length);
        if (closed && queue.remove(sending)) {
            sending.fail("the node is stopping"); // The thread may have ended in between.
        }
        return stored.whenComplete((none, failure) -> waitingBytes.add(-record.length));
    }

    private void run() {
        List<Sending> batch = new ArrayList<>();
        try {
            while (!closed || !queue.isEmpty()) {
                Sending next = queue.poll(100, TimeUnit.MILLISECONDS);
                if (next != null) {
                    batch.add(next);
                    Sink current = sink;
                    if (current != null) {
                        queue.drainTo(batch, current.maxBatch() - 1);
                    }
                    send(current, batch);
                    batch.clear();
                }
            }
        } catch (InterruptedException e) {
            closed = true;
        }
        for (Sending left = queue.poll(); left != null; left = queue.poll()) {
            left.fail("the node is stopping");
        }
    }

    private void send(Sink current, List<Sending> batch) {
        long now = nanoClock.getAsLong();
        if (current == null) {
            batch.forEach(each -> each.fail(broker + " cannot be reached"));
            return;
        }
        batch.removeIf(each -> {
            boolean late = now - each.since() > timeoutNanos;
            if (late) {
                each.fail(broker + " takes records too slowly");
            }
            return late;
        });
        try {
            current.send(batch);
        } catch (RuntimeException e) {
            batch.forEach(each -> each.fail(broker + " has not taken it: " + e.getMessage()));
        }
    }

    /** Sends what waits, and ends. */
    public void close() {
        closed = true;
        if (thread == null) {
            return;
        }
        try {
            thread.join(CLOSE_MILLIS);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
