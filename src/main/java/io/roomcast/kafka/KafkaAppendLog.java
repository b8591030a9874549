package io.roomcast.kafka;

import io.roomcast.replica.AppendLog;
import io.roomcast.replica.ReadingLoop;
import io.roomcast.replica.SendQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The log of all nodes in a topic of Kafka. A node reads all partitions, without a consumer group. Where Kafka has lost what
 * this node has not read, or if somebody has made the topic anew, the node reads anew from the first record.
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

    private final KafkaSettings settings;
    private final KafkaClients clients;
    private final ThreadFactory threads;
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
    /** Where to read on, for each partition; null to read anew. */
    private long[] positions;
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
            KafkaTopics.Found found = new KafkaTopics(settings, admin).prepare();
            maxBytes = found.maxBytes();
            KafkaConsumer<byte[], byte[]> made = clients.consumer();
            try (KafkaProducer<byte[], byte[]> producer = clients.producer(found.maxBytes() + 1_024)) {
                consumer = made;
                begin(made, found);
                queue.use(new KafkaSender(settings, producer));
                loop.connected();
                readUntilReplaced(made);
            } finally {
                queue.use(null);
                consumer = null;
                made.close(CloseOptions.timeout(Duration.ZERO)); // It has no group to leave.
            }
        } catch (OffsetOutOfRangeException e) {
            LOG.log(Level.WARNING, "Kafka has lost records that this node had not read: {0}", e.getMessage());
            positions = null; // LogTruncationException is one of these, too.
        } catch (WakeupException | InterruptException e) {
            LOG.log(Level.DEBUG, "the node stops, or the topic is another one");
        }
    }

    /** Goes on where this node was, if that is the same topic, and the records that follow are there. */
    private void begin(KafkaConsumer<byte[], byte[]> reading, KafkaTopics.Found found) {
        List<TopicPartition> log = IntStream.range(0, found.partitions())
                .mapToObj(partition -> new TopicPartition(settings.topic(), partition))
                .toList();
        TopicPartition notes = new TopicPartition(settings.notesTopic(), 0);
        reading.assign(Stream.concat(log.stream(), Stream.of(notes)).toList());
        reading.seekToEnd(List.of(notes));
        long[] first = offsets(reading.beginningOffsets(log), log);
        long[] end = offsets(reading.endOffsets(log), log);
        replaced = false;
        if (!found.id().equals(topic) || positions == null || !isWithin(first, end)) {
            topic = found.id();
            positions = first;
            ends = end;
            boolean[] trimmed = new boolean[first.length];
            for (int i = 0; i < first.length; i++) {
                trimmed[i] = first[i] > 0;
            }
            follower.began(trimmed, found.reachMillis());
        }
        log.forEach(partition -> reading.seek(partition, positions[partition.partition()]));
    }

    private static long[] offsets(Map<TopicPartition, Long> found, List<TopicPartition> log) {
        return log.stream().mapToLong(found::get).toArray();
    }

    private boolean isWithin(long[] first, long[] end) {
        boolean within = positions.length == first.length;
        for (int i = 0; within && i < first.length; i++) {
            within = positions[i] >= first[i] && positions[i] <= end[i];
        }
        return within;
    }

    private void readUntilReplaced(KafkaConsumer<byte[], byte[]> reading) {
        while (!loop.isClosed() && !replaced) {
            checkCaughtUp(reading);
            for (ConsumerRecord<byte[], byte[]> record : reading.poll(POLL)) {
                if (record.topic().equals(settings.topic())) {
                    positions[record.partition()] = record.offset() + 1;
                    follower.appended(record.partition(), record.offset(), record.timestamp(), bytes(record.value()));
                } else {
                    follower.received(bytes(record.value()));
                }
            }
        }
        positions = replaced ? null : positions;
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
