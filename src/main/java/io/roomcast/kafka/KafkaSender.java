package io.roomcast.kafka;

import io.roomcast.outbound.ByteBudget;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Sends records to Kafka. The producer blocks its caller, so a thread of its own calls it; what waits for this thread is
 * bounded in bytes. A record that Kafka has not stored within twice the timeout fails, and is not sent any more.
 *
 * <p><b>Concurrency.</b> Any thread may call. Records leave in the order of the queue.
 */
final class KafkaSender {
    private static final Logger LOG = System.getLogger(KafkaSender.class.getName());
    private static final long MAX_WAITING_BYTES = 64L << 20;
    private static final int MAX_WAITING = 100_000;
    private static final long CLOSE_MILLIS = 3_000;

    /** @param since time in nanoseconds */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Waiting(String topic, int partition, byte[] record, CompletableFuture<Void> stored, long since) {}

    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(MAX_WAITING);
    private final ByteBudget waitingBytes = new ByteBudget(MAX_WAITING_BYTES);
    private final long timeoutNanos;
    private final LongSupplier nanoClock;
    private volatile KafkaProducer<byte[], byte[]> producer;
    private volatile boolean closed;
    /** What was said last; null after a success. Only the producer's thread uses it. */
    private String lastFailure;

    private Thread thread;

    KafkaSender(KafkaSettings settings, LongSupplier nanoClock) {
        this.timeoutNanos = settings.timeout().toNanos();
        this.nanoClock = nanoClock;
    }

    void start(ThreadFactory threads) {
        thread = threads.newThread(this::run);
        thread.start();
    }

    /** @param made null while Kafka cannot be used */
    void use(KafkaProducer<byte[], byte[]> made) {
        producer = made;
    }

    CompletionStage<Void> send(String topic, int partition, byte[] record) {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        if (closed || producer == null) {
            stored.completeExceptionally(new RelayUnavailableException("Kafka cannot be reached"));
            return stored;
        }
        if (waitingBytes.left() < record.length
                || !queue.offer(new Waiting(topic, partition, record, stored, nanoClock.getAsLong()))) {
            stored.completeExceptionally(new RelayUnavailableException("Kafka takes records too slowly"));
            return stored;
        }
        waitingBytes.add(record.length);
        return stored.whenComplete((none, failure) -> waitingBytes.add(-record.length));
    }

    private void run() {
        try {
            while (!closed || !queue.isEmpty()) {
                Waiting next = queue.poll(100, TimeUnit.MILLISECONDS);
                if (next != null) {
                    send(next);
                }
            }
        } catch (InterruptedException e) {
            closed = true;
        }
        for (Waiting left = queue.poll(); left != null; left = queue.poll()) {
            left.stored().completeExceptionally(new RelayUnavailableException("the node is stopping"));
        }
    }

    private void send(Waiting next) {
        KafkaProducer<byte[], byte[]> current = producer;
        if (current == null || nanoClock.getAsLong() - next.since() > timeoutNanos) {
            fail(next, "Kafka cannot be reached");
            return;
        }
        try {
            var unused = current.send(
                    new ProducerRecord<>(next.topic(), next.partition(), null, next.record()), (stored, failure) -> {
                        if (failure == null) {
                            lastFailure = null;
                            next.stored().complete(null);
                        } else {
                            report(failure);
                            fail(next, "Kafka has not stored it: " + failure.getMessage());
                        }
                    });
        } catch (KafkaException | IllegalStateException e) {
            fail(next, "Kafka has not taken it: " + e.getMessage());
        }
    }

    /** Says once what does not pass by itself, such as a missing right. Called by the producer's thread. */
    private void report(Exception failure) {
        String why = String.valueOf(failure.getMessage());
        if (!(failure instanceof RetriableException) && !why.equals(lastFailure)) {
            lastFailure = why;
            LOG.log(Level.WARNING, "Kafka does not store records: {0}", why);
        }
    }

    private static void fail(Waiting waiting, String why) {
        waiting.stored().completeExceptionally(new RelayUnavailableException(why));
    }

    /** Sends what waits, and ends. */
    void close() {
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
