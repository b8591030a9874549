package io.roomcast.rabbitmq;

import com.rabbitmq.stream.Message;
import com.rabbitmq.stream.OffsetSpecification;
import com.rabbitmq.stream.impl.Client;
import com.rabbitmq.stream.impl.Client.ClientParameters;
import io.netty.channel.Channel;
import io.roomcast.replica.SendQueue;
import io.roomcast.replica.SendQueue.Sending;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a node has with a server of RabbitMQ: a publisher and a subscription for each stream, whose number is that of the
 * partition; the notes have the number after the last one. It ends when anything is not as it was: a connection, a stream,
 * or its leader. Nothing is mended in secret, so that whoever connects again can look whether the streams are the same.
 *
 * <p>It is several connections. RabbitMQ serves each one with a process of its own, and this process sleeps for a
 * millisecond or two where a subscription has come to the end of its stream ({@code send_chunks} in
 * {@code rabbit_stream_reader.erl}), which is after each message that is read at once. A publisher on this connection would
 * wait for all these pauses, as would other subscriptions. So one connection writes and asks, and others read.
 *
 * <p><b>Concurrency.</b> Threads of RabbitMQ's client put what comes in into {@link #events}, and complete what was sent. One
 * thread reads the events and calls the clients; that of the {@link SendQueue} sends.
 */
final class RabbitConnection implements SendQueue.Sink, AutoCloseable {
    private static final long CLOSE_SECONDS = 2;
    /** Connections that read, of which each has its share of the streams. */
    private static final int READERS = 4;

    /** What RabbitMQ tells. */
    sealed interface Event {}

    /**
     * Messages follow, which RabbitMQ has stored together.
     *
     * @param end the position after the last one
     */
    record Chunk(byte subscription, long end) implements Event {}

    /** @param millis when it was stored, by the clock of RabbitMQ */
    record Arrived(byte subscription, long position, long millis, StreamMessage message) implements Event {
        /** Whether RabbitMQ has sent the same message twice. */
        boolean isSame(Arrived other) {
            return position == other.position
                    && millis == other.millis
                    && Arrays.equals(message.encode(), other.message.encode());
        }
    }

    /** Nothing follows. */
    record Ended(String why) implements Event {}

    /** A message on its way, and whether it is the last one of its record. */
    private record Unconfirmed(Sending sending, boolean isLast) {}

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final ConcurrentHashMap<Long, Unconfirmed> unconfirmed = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final long sender = new SecureRandom().nextLong();
    private final Collection<Channel> channels = new ConcurrentLinkedQueue<>();
    private final ClientParameters reading;
    private final Client client;
    /** Those that were needed until now. Only the thread that reads the events uses them. */
    private final List<Client> readers = new ArrayList<>();

    private volatile boolean ended;
    /** The number of the publisher of the notes; -1 before there is one. */
    private volatile int notes = -1;

    /** @throws RuntimeException if there is no connection, or no login */
    RabbitConnection(ClientParameters parameters) {
        ClientParameters each = parameters
                .duplicate()
                .channelCustomizer(channels::add)
                .metadataListener((stream, code) -> end("stream " + stream + " or its leader is gone"))
                .shutdownListener(context -> end("the connection ended"));
        reading = each.duplicate()
                .chunkListener((from, subscription, offset, count, bytes) ->
                        events.add(new Chunk(subscription, offset + count)))
                .messageListener((subscription, offset, millis, committed, chunk, message) -> events.add(
                        new Arrived(subscription, offset, millis, StreamMessage.decode(message.getBodyAsBinary()))))
                .creditNotification((subscription, code) -> end("reading ended: " + ResponseCodes.text(code)));
        client = new Client(each.publishConfirmListener((publisher, number) -> confirmed(number))
                .publishErrorListener((publisher, number, code) -> refused(number, code)));
    }

    /** The connection that writes and asks. */
    Client client() {
        return client;
    }

    BlockingQueue<Event> events() {
        return events;
    }

    private void end(String why) {
        ended = true;
        failUnconfirmed(why);
        events.add(new Ended(why));
    }

    /** Lets the reader of the events return. Any thread. */
    void wake() {
        events.add(new Ended("the node is stopping"));
    }

    /**
     * Reads a stream.
     *
     * @param subscription its number; those of all streams before are subscribed to
     * @param credit chunks that may come before {@link #more} was called for the first of them
     * @throws RuntimeException if there is no further connection, or RabbitMQ refuses
     */
    void subscribe(int subscription, String stream, OffsetSpecification from, int credit) {
        if (subscription < READERS) {
            readers.add(new Client(reading.duplicate()));
        }
        ResponseCodes.require(
                reader(subscription).subscribe((byte) subscription, stream, from, credit),
                "stream " + stream + " cannot be read");
    }

    private Client reader(int subscription) {
        return readers.get(subscription % READERS);
    }

    /** A further chunk may come. */
    void more(Chunk taken) {
        reader(Byte.toUnsignedInt(taken.subscription())).credit(taken.subscription(), 1);
    }

    /**
     * Declares the publishers.
     *
     * @param partitions of the log
     */
    void publishTo(RabbitSettings settings, int partitions) {
        for (int i = 0; i < partitions; i++) {
            declare(i, settings.stream(i));
        }
        declare(partitions, settings.notesStream());
        notes = partitions;
    }

    /** Without a name: RabbitMQ would drop numbers that it has seen of a publisher with a name. */
    private void declare(int publisher, String stream) {
        ResponseCodes.require(
                client.declarePublisher((byte) publisher, null, stream), "stream " + stream + " cannot be written");
    }

    /** Declares a publisher, and appends the first message of its stream. */
    CompletableFuture<Void> begin(int publisher, String stream) {
        declare(publisher, stream);
        return send(publisher, new StreamMessage.Begin());
    }

    /** Appends a message that belongs to no record. */
    CompletableFuture<Void> send(int publisher, StreamMessage message) {
        Sending sending = new Sending(publisher, new byte[0], new CompletableFuture<>(), 0);
        publish(publisher, List.of(message), List.of(new Unconfirmed(sending, true)));
        return sending.stored();
    }

    @Override
    public void send(List<Sending> records) {
        Map<Integer, List<Sending>> byPublisher = new LinkedHashMap<>();
        for (Sending each : records) {
            int publisher = each.partition() == SendQueue.NOTES ? notes : each.partition();
            byPublisher.computeIfAbsent(publisher, first -> new ArrayList<>()).add(each);
        }
        byPublisher.forEach(this::sendTo);
    }

    private void sendTo(int publisher, List<Sending> records) {
        List<StreamMessage> messages = new ArrayList<>(records.size());
        List<Unconfirmed> waiting = new ArrayList<>(records.size());
        for (Sending each : records) {
            List<StreamMessage> parts = StreamMessage.of(each.record(), sender);
            messages.addAll(parts);
            for (int i = 1; i <= parts.size(); i++) {
                waiting.add(new Unconfirmed(each, i == parts.size()));
            }
        }
        publish(publisher, messages, waiting);
    }

    private void publish(int publisher, List<StreamMessage> messages, List<Unconfirmed> waiting) {
        List<Message> encoded = messages.stream()
                .map(message ->
                        client.messageBuilder().addData(message.encode()).build())
                .toList();
        Iterator<Unconfirmed> next = waiting.iterator();
        client.publish((byte) publisher, encoded, message -> {
            long number = numbers.incrementAndGet();
            unconfirmed.put(number, next.next());
            return number;
        });
        if (ended) {
            failUnconfirmed("the connection ended");
        }
    }

    private void confirmed(long number) {
        Unconfirmed found = unconfirmed.remove(number);
        if (found != null && found.isLast()) {
            found.sending().stored().complete(null);
        }
    }

    private void refused(long number, short code) {
        Unconfirmed found = unconfirmed.remove(number);
        if (found != null) {
            found.sending().fail("RabbitMQ has not stored it: " + ResponseCodes.text(code));
        }
    }

    private void failUnconfirmed(String why) {
        unconfirmed.keySet().forEach(number -> {
            Unconfirmed found = unconfirmed.remove(number);
            if (found != null) {
                found.sending().fail("it is not known whether RabbitMQ has stored it: " + why);
            }
        });
    }

    /**
     * Closes without a farewell: RabbitMQ's client waits for the answer, and leaves its threads behind if there is none.
     */
    @Override
    public void close() {
        List<Channel> open = List.copyOf(channels);
        CountDownLatch closing = new CountDownLatch(open.size());
        open.forEach(channel -> channel.close().addListener(closed -> closing.countDown()));
        try {
            closing.await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end("the node has left");
    }
}
