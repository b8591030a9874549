package io.roomcast.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.relay.Futures;
import io.roomcast.relay.Inquiries;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.replica.LogRecord.Kind;
import io.roomcast.replica.Note.Part.Purpose;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Asks the other nodes by notes, which all nodes hear. Each node says every second that it is there. A node that was not
 * heard for some seconds is not asked. Questions and answers travel in parts, since the broker bounds the bytes of a note.
 *
 * <p><b>Concurrency.</b> Any thread may call. Only the thread of the log uses {@code parts}.
 */
final class ReplicatedExchange implements NodeExchange {
    private static final Logger LOG = System.getLogger(ReplicatedExchange.class.getName());
    private static final long HEARD_NANOS = TimeUnit.MILLISECONDS.toNanos(3_500);
    /** Others are known when this node has been heard for so long: each says in this time that it is there. */
    private static final long KNOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private static final int PART_BYTES = 256 * 1024;
    private static final byte[] NOTHING = new byte[0];

    /** @param heardAt time in nanoseconds */
    private record Heard(String node, long heardAt) {}

    private final String id = UUID.randomUUID().toString();
    private final String node;
    private final Replica replica;
    private final LongSupplier nanoClock;
    private final Inquiries inquiries;
    private final Parts parts = new Parts();
    /** The nodes that were heard, this one too, by their ids. */
    private final ConcurrentHashMap<String, Heard> nodes = new ConcurrentHashMap<>();
    /** Time in nanoseconds since which this node hears itself without a pause. */
    private volatile long heardSince;

    private volatile Responder responder =
            question -> CompletableFuture.failedFuture(new RelayUnavailableException("the node starts"));

    /** @param node name of this node */
    ReplicatedExchange(String node, Replica replica, ScheduledExecutorService timer, LongSupplier nanoClock) {
        this.node = node;
        this.replica = replica;
        this.nanoClock = nanoClock;
        this.inquiries = new Inquiries(timer);
    }

    /** Says that this node is there. To be called every second. */
    void beat() {
        send(Purpose.BEAT, "", "", node.getBytes(UTF_8));
        long now = nanoClock.getAsLong();
        nodes.values().removeIf(heard -> now - heard.heardAt() > HEARD_NANOS);
    }

    @Override
    public void start(Responder answering) {
        responder = answering;
    }

    @Override
    public CompletionStage<Answers> ask(byte[] question, Duration deadline) {
        if (question.length > MAX_BYTES) {
            throw new IllegalArgumentException("a question of " + question.length + " bytes");
        }
        Inquiries.Inquiry inquiry = inquiries.begin(deadline);
        Heard own = nodes.get(id);
        long now = nanoClock.getAsLong();
        if (own == null || now - own.heardAt() > HEARD_NANOS || now - heardSince < KNOWN_NANOS) {
            inquiry.fail(new RelayUnavailableException("this node does not know yet which nodes there are"));
            return inquiry.result();
        }
        Map<String, String> idsByQuestion = new HashMap<>();
        Map<String, String> namesByQuestion = new HashMap<>();
        nodes.forEach((each, heard) -> {
            if (!each.equals(id)) {
                String questionId = UUID.randomUUID().toString();
                idsByQuestion.put(questionId, each);
                namesByQuestion.put(questionId, heard.node());
            }
        });
        if (inquiry.expect(namesByQuestion)) {
            idsByQuestion.forEach((questionId, each) -> send(Purpose.QUESTION, each, questionId, question));
        }
        return inquiry.result();
    }

    @Override
    public CompletionStage<byte[]> agree(String name, byte[] proposal) {
        return Futures.map(replica.call(0, Kind.PROPOSE, name, Head.SILENT, proposal, byte[].class), byte[]::clone);
    }

    /** Sends the content in parts. */
    private void send(Purpose purpose, String to, String message, byte[] content) {
        int from = 0;
        do {
            int end = Math.min(from + PART_BYTES, content.length);
            byte[] part = end - from == content.length ? content : Arrays.copyOfRange(content, from, end);
            replica.send(new Note.Part(purpose, id, to, message, content.length, content.length - end, part).encode());
            from = end;
        } while (from < content.length);
    }

    /** Takes what a node tells. On the thread of the log. */
    void received(Note.Part part) {
        if (part.to().isEmpty()) {
            heard(part);
        } else if (part.to().equals(id)) {
            told(part);
        }
    }

    private void heard(Note.Part part) {
        if (part.purpose() == Purpose.BYE) {
            nodes.remove(part.from());
            return;
        }
        long now = nanoClock.getAsLong();
        Heard before = nodes.put(part.from(), new Heard(new String(part.bytes(), UTF_8), now));
        if (part.from().equals(id) && before == null) {
            heardSince = now;
        }
    }

    private void told(Note.Part part) {
        byte[] content = parts.join(part);
        if (content == null) {
            return;
        }
        switch (part.purpose()) {
            case QUESTION -> answer(part.from(), part.id(), content);
            case ANSWER -> inquiries.take(part.id(), content);
            case NO_ANSWER -> inquiries.take(part.id(), null);
            case BEAT, BYE -> {}
        }
    }

    private void answer(String to, String question, byte[] content) {
        respond(content).whenComplete((answer, failure) -> {
            boolean answered = failure == null && answer.length <= MAX_BYTES;
            if (!answered) {
                LOG.log(Level.WARNING, "this node has no answer for another node", failure);
            }
            send(answered ? Purpose.ANSWER : Purpose.NO_ANSWER, to, question, answered ? answer : NOTHING);
        });
    }

    private CompletionStage<byte[]> respond(byte[] question) {
        try {
            return responder.answer(question);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Says that this node is going, and ends all inquiries with the answers that have arrived. */
    void close() {
        send(Purpose.BYE, "", "", NOTHING);
        inquiries.close();
    }
}
