package io.roomcast.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Where Kafka has stored the records of this node, compared with what this node reads. A record that is stored is read
 * soon, and not before something that was read already. Otherwise the clients must be made anew, and what was read is to be
 * compared with what Kafka has. Any thread may call.
 */
final class Confirmations {
    /** What Kafka has stored comes back to the reader sooner, unless the reader's client is stuck. */
    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A record of which it is not known that it was read. */
    private record Unread(long position, long since) {}

    private final LongSupplier nanoClock;
    private final IntToLongFunction read;
    /** For each partition, the first one. */
    private final ConcurrentHashMap<Integer, Unread> unread = new ConcurrentHashMap<>();
    /** The first positions where a record was stored although this node had read another one there, by partition. */
    private final ConcurrentHashMap<Integer, Long> storedAgain = new ConcurrentHashMap<>();

    private volatile boolean failed;

    /**
     * @param nanoClock as {@link System#nanoTime}
     * @param read the position of a partition of the log that is to be read next; any thread calls it
     */
    Confirmations(LongSupplier nanoClock, IntToLongFunction read) {
        this.nanoClock = nanoClock;
        this.read = read;
    }

    /** Forgets everything, for other clients. */
    void clear() {
        unread.clear();
        storedAgain.clear();
        failed = false;
    }

    /** The next position to read now, before a record is sent. */
    long nextToRead(int partition) {
        return read.applyAsLong(partition);
    }

    /**
     * Notes that a record of the log was stored.
     *
     * @param before as {@link #nextToRead} said when the record was sent
     */
    void stored(int partition, RecordMetadata stored, long before) {
        if (stored.hasOffset()) {
            unread.putIfAbsent(partition, new Unread(stored.offset(), nanoClock.getAsLong()));
            if (stored.offset() < before) {
                storedAgain.merge(partition, stored.offset(), Math::min);
            }
        }
    }

    /** Notes that the producer takes no record any more. */
    void failed() {
        failed = true;
    }

    /** Whether the clients must be made anew. */
    boolean isBroken() {
        unread.forEach((partition, record) -> {
            if (read.applyAsLong(partition) > record.position()) {
                unread.remove(partition, record);
            }
        });
        long now = nanoClock.getAsLong();
        return failed
                || !storedAgain.isEmpty()
                || unread.values().stream().anyMatch(record -> now - record.since() > READ_NANOS);
    }

    /** The first positions where a record was stored although this node had read another one there, by partition. */
    Map<Integer, Long> storedAgain() {
        return Map.copyOf(storedAgain);
    }
}
