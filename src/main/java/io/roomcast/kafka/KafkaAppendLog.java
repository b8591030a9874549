package io.roomcast.kafka;

import io.roomcast.replica.AppendLog;
import io.roomcast.replica.ReadingLoop;
import io.roomcast.replica.SendQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The log of all nodes in a topic of Kafka. A node reads all partitions, without a consumer group. Where Kafka has lost what
 * this node has not read, or has other records than those that it has read, or if somebody has made the topic anew, the node
 * reads anew from the first record.
 *
 * <p><b>Concurrency.</b> A thread reads, and makes the clients: only it uses the consumer. Another one sends, since Kafka's
 * producer blocks: see {@link SendQueue}. A third one asks whether the topic is still the same. Kafka's producer and admin
 * have a thread each.
 */
public final class KafkaAppendLog implements AppendLog, ReadingLoop.Session {
    private static final Logger LOG = System.getLogger(KafkaAppendLog.class.getName());
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long LOOK_MILLIS = 3_000;
    private static final int LEAST_BYTES = 1 << 20;
    /** So many sessions in a row, about half a second apart, Kafka must show that it has less. */
    private static final int DOUBTS = 10;

    private final KafkaSettings settings;
    private final KafkaClients clients;
    private final ThreadFactory threads;
    private final Confirmations confirmations;
    private final KafkaSender sender;
    private final SendQueue queue;
    private final ReadingLoop loop;
    private Follower follower;
    private Thread watch;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    /** Whether the topic is not the one that is read. */
    private volatile boolean replaced;

    private volatile int maxBytes = LEAST_BYTES;
    /** The topic that was read last; null before. */
    private volatile Uuid topic;
    /** How far that was read; null before. */
    private volatile ReadPositions positions;
    /** Whether Kafka has let go of records before this node has read them. */
    private boolean missed;
    /** How often Kafka has shown less than this node has read. */
    private int doubts;
    /** Where the partitions ended when this node began to read; null if all was read. */
    private long[] ends;

    /**
     * Does not connect yet.
     *
     * @param node name of the node, which Kafka shows
     * @param threads makes the threads that live until {@link #close}
     * @param nanoClock as {@link System#nanoTime}
     */
    public KafkaAppendLog(KafkaSettings settings, String node, ThreadFactory threads, LongSupplier nanoClock) {
        this.settings = settings;
        this.threads = threads;
        this.clients = new KafkaClients(settings, node);
        this.confirmations = new Confirmations(nanoClock, this::nextPosition);
        this.sender = new KafkaSender(settings, confirmations);
        this.queue = new SendQueue("Kafka", settings.timeout(), nanoClock);
        this.loop = new ReadingLoop("Kafka at " + settings.servers(), this);
    }

    @Override
    public void follow(Follower receiver) {
        follower = receiver;
        loop.start(threads);
        queue.start(threads);
        watch = threads.newThread(this::watch);
        watch.start();
    }

    @Override
    public void run() throws ExecutionException, InterruptedException {
        try (Admin admin = clients.admin()) {
            KafkaTopics topics = new KafkaTopics(settings, admin);
            KafkaTopics.Found found = topics.prepare();
            maxBytes = found.maxBytes();
            KafkaConsumer<byte[], byte[]> made = clients.consumer();
            try (KafkaProducer<byte[], byte[]> producer = clients.producer(found.maxBytes() + 1_024)) {
                consumer = made;
                begin(made, topics, found);
                loop.connected();
                readUntilReplaced(made, producer);
            } finally {
                consumer = null;
                made.close(CloseOptions.timeout(Duration.ZERO)); // It has no group to leave.
            }
        } catch (OffsetOutOfRangeException e) {
            lost(e);
        } catch (WakeupException | InterruptException e) {
            LOG.log(Level.DEBUG, "the node stops, or the topic is another one");
        }
    }

    /** Only the notes may be missing, of which nobody reads what is old. LogTruncationException is one of these, too. */
    private void lost(OffsetOutOfRangeException failure) {
        failure.partitions().stream()
                .filter(partition -> partition.topic().equals(settings.topic()))
                .forEach(partition -> {
                    missed = true;
                    if (failure instanceof LogTruncationException truncated) {
                        OffsetAndMetadata end = truncated.divergentOffsets().get(partition);
                        if (end == null || end.leaderEpoch().isEmpty()) {
                            positions.diverged(partition.partition(), 0);
                        } else {
                            positions.diverged(
                                    partition.partition(), end.leaderEpoch().get(), end.offset());
                        }
                    }
                });
    }

    /** Goes on where this node was, if that is the same topic with the same records, and those that follow are there. */
    private void begin(KafkaConsumer<byte[], byte[]> reading, KafkaTopics topics, KafkaTopics.Found found)
            throws ExecutionException, InterruptedException {
        List<TopicPartition> log = IntStream.range(0, found.partitions())
                .mapToObj(partition -> new TopicPartition(settings.topic(), partition))
                .toList();
        TopicPartition notes = new TopicPartition(settings.notesTopic(), 0);
        reading.assign(Stream.concat(log.stream(), Stream.of(notes)).toList());
        reading.seekToEnd(List.of(notes));
        Map<TopicPartition, Long> beginnings = reading.beginningOffsets(log);
        long[] first = log.stream().mapToLong(beginnings::get).toArray();
        List<ListOffsetsResult.ListOffsetsResultInfo> end = topics.ends(log);
        replaced = false;
        if (positions != null) {
            confirmations.storedAgain().forEach(positions::diverged);
        }
        boolean anew = positions == null || positions.count() != first.length;
        for (int i = 0; !anew && i < first.length; i++) {
            missed |= positions.next(i) < first[i];
        }
        boolean wentBack = positions != null && wentBack(found.id(), end);
        if (missed && !anew && !wentBack) {
            LOG.log(Level.WARNING, "Kafka has lost records that this node had not read");
        }
        if (anew || missed || wentBack) {
            missed = false;
            topic = found.id();
            positions = new ReadPositions(found.id(), first);
            ends = end.stream()
                    .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                    .toArray();
            boolean[] trimmed = new boolean[first.length];
            for (int i = 0; i < first.length; i++) {
                trimmed[i] = first[i] > 0;
            }
            follower.began(trimmed, found.reachMillis());
        }
        log.forEach(partition -> reading.seek(partition, place(partition.partition())));
    }

    /** With the leader of what this node has read, so that Kafka looks whether it still has that. */
    private OffsetAndMetadata place(int partition) {
        return new OffsetAndMetadata(positions.next(partition), Optional.ofNullable(positions.leader(partition)), "");
    }

    /**
     * Whether Kafka has something else where this node has read already.
     *
     * @throws IllegalStateException if that may pass: a leader that was replaced may answer, and not know it yet
     */
    private boolean wentBack(Uuid found, List<ListOffsetsResult.ListOffsetsResultInfo> end) {
        long[] from = new long[positions.count()];
        boolean any = false;
        for (int i = 0; i < from.length; i++) {
            from[i] = i < end.size()
                    ? positions.missingFrom(
                            i,
                            found,
                            end.get(i).offset(),
                            end.get(i).leaderEpoch().orElse(null))
                    : 0;
            any |= from[i] != ReadPositions.ALL_THERE;
        }
        if (any && found.equals(topic) && ++doubts < DOUBTS) {
            throw new IllegalStateException("it has less than this node has read");
        }
        doubts = 0;
        for (int i = 0; any && i < from.length; i++) {
            follower.wentBack(i, from[i]);
        }
        if (any && found.equals(topic)) {
            LOG.log(Level.WARNING, "Kafka has not what this node has read; the rooms are numbered anew");
        }
        return any;
    }

    /** The next position of a partition of the log; 0 if nothing was read. Any thread. */
    private long nextPosition(int partition) {
        ReadPositions known = positions;
        return known == null || partition >= known.count() ? 0 : known.next(partition);
    }

    private void readUntilReplaced(KafkaConsumer<byte[], byte[]> reading, KafkaProducer<byte[], byte[]> producer) {
        confirmations.clear();
        sender.use(producer);
        queue.use(sender);
        try {
            while (!loop.isClosed() && !replaced && !confirmations.isBroken()) {
                checkCaughtUp(reading);
                reading.poll(POLL).forEach(this::read);
            }
        } finally {
            queue.use(null);
            sender.use(null); // Before it is closed.
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(settings.topic())) {
            positions.read(
                    record.partition(), record.offset(), record.leaderEpoch().orElse(null));
            follower.appended(record.partition(), record.offset(), record.timestamp(), bytes(record.value()));
        } else {
            follower.received(bytes(record.value()));
        }
    }

    private static byte[] bytes(byte[] value) {
        return value == null ? new byte[0] : value;
    }

    private void checkCaughtUp(KafkaConsumer<byte[], byte[]> reading) {
        if (ends == null) {
            return;
        }
        for (int i = 0; i < ends.length; i++) {
            if (reading.position(new TopicPartition(settings.topic(), i)) < ends[i]) {
                return;
            }
        }
        ends = null;
        follower.caughtUp();
    }

    /** Looks whether somebody has deleted the topic, which the consumer does not tell if there is a new one. */
    private void watch() {
        while (!loop.isClosed()) {
            try (Admin admin = clients.admin()) {
                KafkaTopics topics = new KafkaTopics(settings, admin);
                while (!loop.isClosed()) {
                    loop.pause(LOOK_MILLIS);
                    KafkaConsumer<byte[], byte[]> reading = consumer;
                    Uuid read = topic;
                    if (!loop.isClosed()
                            && reading != null
                            && read != null
                            && !read.equals(topics.id())
                            && read.equals(topic)) {
                        if (!replaced) {
                            LOG.log(Level.WARNING, "topic {0} of Kafka is not the one that it was", settings.topic());
                        }
                        replaced = true;
                        reading.wakeup();
                    }
                }
            } catch (ExecutionException | KafkaException e) {
                loop.pause(LOOK_MILLIS); // The reader says why.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public CompletionStage<Void> append(int partition, byte[] record) {
        return queue.send(partition, record);
    }

    @Override
    public void send(byte[] note) {
        var unused = queue.send(SendQueue.NOTES, note);
    }

    @Override
    public int maxBytes() {
        return maxBytes;
    }

    @Override
    public void close() {
        queue.close();
        loop.close(() -> {
            KafkaConsumer<byte[], byte[]> reading = consumer;
            if (reading != null) {
                reading.wakeup();
            }
        });
        if (watch != null) {
            ReadingLoop.join(watch);
        }
    }
}
