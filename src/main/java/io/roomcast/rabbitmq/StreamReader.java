package io.roomcast.rabbitmq;

import com.rabbitmq.stream.OffsetSpecification;
import io.roomcast.rabbitmq.RabbitConnection.Arrived;
import io.roomcast.rabbitmq.RabbitConnection.Chunk;
import io.roomcast.rabbitmq.RabbitConnection.Ended;
import io.roomcast.rabbitmq.RabbitConnection.Event;
import io.roomcast.replica.AppendLog.Follower;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Reads the streams, over one connection after the other, and passes on what they have. It knows by their marks whether
 * they are those that it has read. It asks for its last message again, and appends one, so that something comes in any case.
 * If another message comes first, RabbitMQ has let go of messages, or has lost some that were read: it has an older copy of
 * its disk, or none of the last messages of a leader.
 *
 * <p>A node reads all that a stream has before it is live. How much that is, it learns from a message of its own.
 *
 * <p><b>Concurrency.</b> Only the thread of the log uses it.
 */
final class StreamReader {
    private static final Logger LOG = System.getLogger(StreamReader.class.getName());
    /** Chunks of a stream that RabbitMQ may send before the first of them was read. */
    private static final int CREDIT = 10;

    private static final long POLL_MILLIS = 500;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Follower follower;
    private final LongSupplier nanoClock;
    private final SecureRandom random = new SecureRandom();
    /** Of this node's messages that show the ends of the streams. */
    private long id;
    /** The streams that are read; null to read anew. */
    private List<StreamMark> marks;
    /** The last message that was read, of each partition. */
    private Arrived[] last;
    /** Which partitions were read to where they ended when this node began; null if all were. */
    private boolean[] ends;

    private PartJoiner[] parts;

    StreamReader(Follower follower, LongSupplier nanoClock) {
        this.follower = follower;
        this.nanoClock = nanoClock;
    }

    /**
     * Reads until the connection ends.
     *
     * @param ready called when records may be appended
     * @throws IllegalStateException with the reason, if RabbitMQ refuses, or if the connection ends
     */
    void read(RabbitConnection connection, Streams streams, RabbitSettings settings, Runnable ready)
            throws ExecutionException, InterruptedException {
        List<StreamMark> found = streams.prepare();
        if (!found.equals(marks)) {
            if (marks != null) {
                LOG.log(Level.WARNING, "streams {0}-… of RabbitMQ are not those that they were", settings.prefix());
            }
            marks = null;
        }
        connection.publishTo(settings, found.size());
        subscribe(connection, settings, found.size());
        if (!streams.marks(found.size()).equals(found)) {
            throw new IllegalStateException("another node makes the streams anew");
        }
        new Reading(connection, streams, found, ready).run();
    }

    private void subscribe(RabbitConnection connection, RabbitSettings settings, int partitions) {
        for (int i = 0; i < partitions; i++) {
            OffsetSpecification from =
                    marks == null ? OffsetSpecification.first() : OffsetSpecification.offset(last[i].position());
            connection.subscribe(i, settings.stream(i), from, CREDIT);
        }
        connection.subscribe(partitions, settings.notesStream(), OffsetSpecification.next(), CREDIT);
    }

    /** What comes over one connection. */
    private final class Reading {
        private final RabbitConnection connection;
        private final Streams streams;
        private final List<StreamMark> found;
        private final Runnable ready;
        private final int partitions;
        private final PartJoiner notes = new PartJoiner();
        /** The messages that came before all partitions had one; null if this node reads on. */
        private List<Arrived> first;
        /** Whether the first message of a partition was met, and is the last one that was read, if this node reads on. */
        private final boolean[] met;

        private boolean lost;
        private long lookedAt = nanoClock.getAsLong();
        private int looks;

        private Reading(RabbitConnection connection, Streams streams, List<StreamMark> found, Runnable ready) {
            this.connection = connection;
            this.streams = streams;
            this.found = found;
            this.ready = ready;
            this.partitions = found.size();
            this.met = new boolean[partitions];
            this.first = marks == null ? new ArrayList<>() : null;
        }

        private void run() throws InterruptedException {
            if (first == null) {
                begun();
            }
            while (!lost) {
                Event event = connection.events().poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (event instanceof Ended ended) {
                    throw new IllegalStateException(ended.why());
                } else if (event instanceof Chunk chunk) {
                    connection.more(chunk);
                    checkEnd(Byte.toUnsignedInt(chunk.subscription()), chunk.end());
                } else if (event instanceof Arrived arrived) {
                    take(arrived);
                }
                look();
            }
        }

        /** Looks whether another node has written another mark: both have made the stream. */
        private void look() {
            long now = nanoClock.getAsLong();
            if (now - lookedAt > LOOK_NANOS) {
                lookedAt = now;
                int partition = looks++ % partitions;
                lost |= !found.get(partition).equals(streams.mark(partition));
            }
        }

        private void take(Arrived arrived) {
            int partition = Byte.toUnsignedInt(arrived.subscription());
            if (partition == partitions) {
                takeNote(arrived.message());
            } else if (first != null) {
                first.add(arrived);
                met[partition] = true;
                if (allMet()) {
                    begin();
                }
            } else if (!met[partition]) {
                meet(partition, arrived);
            } else {
                pass(partition, arrived);
            }
        }

        private void meet(int partition, Arrived arrived) {
            if (arrived.position() > last[partition].position()) {
                LOG.log(
                        Level.WARNING,
                        "RabbitMQ has lost messages of partition {0} that this node had not read",
                        partition);
                readAnew();
            } else if (arrived.isSame(last[partition])) {
                met[partition] = true;
            } else {
                wentBack();
            }
        }

        /** The client drops messages of the first chunk that are before the one that was asked for. */
        private void checkEnd(int partition, long end) {
            if (first == null && partition < partitions && !met[partition] && end <= last[partition].position()) {
                wentBack();
            }
        }

        private void wentBack() {
            if (!lost) {
                LOG.log(Level.WARNING, "RabbitMQ has not what this node has read; the rooms are numbered anew");
                for (int i = 0; i < partitions; i++) {
                    if (!met[i]) {
                        follower.wentBack(i, 0);
                    }
                }
                readAnew();
            }
        }

        private void readAnew() {
            marks = null;
            lost = true;
        }

        private boolean allMet() {
            for (boolean each : met) {
                if (!each) {
                    return false;
                }
            }
            return true;
        }

        private void begin() {
            boolean[] trimmed = new boolean[partitions];
            Arrays.fill(trimmed, true);
            boolean[] seen = new boolean[partitions];
            for (Arrived each : first) {
                int partition = Byte.toUnsignedInt(each.subscription());
                if (!seen[partition]) {
                    seen[partition] = true;
                    trimmed[partition] = !(each.message() instanceof StreamMessage.Begin);
                }
            }
            last = new Arrived[partitions];
            ends = new boolean[partitions];
            id = random.nextLong();
            parts = new PartJoiner[partitions];
            Arrays.setAll(parts, each -> new PartJoiner());
            follower.began(trimmed, found.get(0).keepMillis());
            List<Arrived> held = first;
            first = null;
            begun();
            held.forEach(each -> pass(Byte.toUnsignedInt(each.subscription()), each));
            marks = found;
        }

        private void begun() {
            for (int i = 0; i < partitions; i++) {
                var unused = connection.send(i, new StreamMessage.End(id));
            }
            ready.run();
        }

        private void pass(int partition, Arrived arrived) {
            last[partition] = arrived;
            StreamMessage message = arrived.message();
            if (message instanceof StreamMessage.Whole whole) {
                follower.appended(partition, arrived.position(), arrived.millis(), whole.record());
            } else if (message instanceof StreamMessage.Part part) {
                byte[] record = parts[partition].join(part);
                if (record != null) {
                    follower.appended(partition, arrived.position(), arrived.millis(), record);
                }
            } else if (message instanceof StreamMessage.End end && end.reader() == id && ends != null) {
                ends[partition] = true;
                checkCaughtUp();
            }
        }

        private void checkCaughtUp() {
            for (boolean each : ends) {
                if (!each) {
                    return;
                }
            }
            ends = null;
            follower.caughtUp();
        }

        private void takeNote(StreamMessage message) {
            if (first != null) {
                return; // The node reads nothing yet.
            }
            byte[] note = message instanceof StreamMessage.Whole whole
                    ? whole.record()
                    : message instanceof StreamMessage.Part part ? notes.join(part) : null;
            if (note != null) {
                follower.received(note);
            }
        }
    }
}
