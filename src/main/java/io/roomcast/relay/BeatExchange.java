package io.roomcast.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.relay.ExchangePart.Purpose;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The exchange over a broker that does not know which nodes there are. Each node says every second that it is there. A node
 * that was not heard for some seconds is not asked. Questions and answers travel in parts, since the broker bounds the bytes
 * of what it takes. A subclass brings the parts to the nodes.
 *
 * <p><b>Concurrency.</b> Any thread may call, but for {@link #received}: one thread calls it.
 */
public abstract class BeatExchange implements NodeExchange {
    private static final long HEARD_NANOS = TimeUnit.MILLISECONDS.toNanos(3_500);
    /** Others are known when this node has been heard for so long: each says in this time that it is there. */
    private static final long KNOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private static final int PART_BYTES = 256 * 1024;
    private static final byte[] NOTHING = new byte[0];

    /** @param heardAt time in nanoseconds */
    private record Heard(String node, long heardAt) {}

    private final String id;
    private final String node;
    private final LongSupplier nanoClock;
    private final Inquiries inquiries;
    private final Respondent respondent = new Respondent();
    private final ExchangeParts parts = new ExchangeParts();
    /** The nodes that were heard, this one too, by their ids. */
    private final ConcurrentHashMap<String, Heard> nodes = new ConcurrentHashMap<>();
    /** Time in nanoseconds since which this node hears itself without a pause. */
    private volatile long heardSince;

    /**
     * Nobody is told yet.
     *
     * @param id of this node, which no other has
     * @param node name of this node
     * @param nanoClock as {@link System#nanoTime}
     */
    protected BeatExchange(String id, String node, ScheduledExecutorService timer, LongSupplier nanoClock) {
        this.id = id;
        this.node = node;
        this.nanoClock = nanoClock;
        this.inquiries = new Inquiries(timer);
    }

    /** Whether the broker takes parts now. */
    protected abstract boolean isReady();

    /** Most bytes of the content of a part that the broker takes; less than 1 counts as 1. */
    protected abstract long maxPartBytes();

    /** Brings the part to the node, or to all, this one too. It may be lost. Must not block. */
    protected abstract void send(ExchangePart part);

    /** Says that this node is there. To be called every second. */
    public final void beat() {
        send(Purpose.BEAT, "", "", node.getBytes(UTF_8));
        long now = nanoClock.getAsLong();
        nodes.values().removeIf(heard -> now - heard.heardAt() > HEARD_NANOS);
    }

    @Override
    public final void start(Responder answering) {
        respondent.start(answering);
    }

    @Override
    public final CompletionStage<Answers> ask(byte[] question, Duration deadline) {
        Inquiries.Inquiry inquiry = inquiries.begin(question, deadline);
        Heard own = nodes.get(id);
        long now = nanoClock.getAsLong();
        if (!isReady() || own == null || now - own.heardAt() > HEARD_NANOS || now - heardSince < KNOWN_NANOS) {
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

    /** Sends the content in parts. */
    private void send(Purpose purpose, String to, String message, byte[] content) {
        int partBytes = (int) Math.max(Math.min(PART_BYTES, maxPartBytes()), 1);
        int from = 0;
        do {
            int end = Math.min(from + partBytes, content.length);
            byte[] part = end - from == content.length ? content : Arrays.copyOfRange(content, from, end);
            send(new ExchangePart(purpose, id, to, message, content.length, content.length - end, part));
            from = end;
        } while (from < content.length);
    }

    /** Takes what a node tells all, or this one. Ignores what is for another node. */
    public final void received(ExchangePart part) {
        if (part.to().isEmpty()) {
            heard(part);
        } else if (part.to().equals(id)) {
            told(part);
        }
    }

    private void heard(ExchangePart part) {
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

    private void told(ExchangePart part) {
        byte[] content = parts.join(part);
        if (content == null) {
            return;
        }
        switch (part.purpose()) {
            case QUESTION ->
                respondent.answer(
                        content,
                        answer -> send(
                                answer == null ? Purpose.NO_ANSWER : Purpose.ANSWER,
                                part.from(),
                                part.id(),
                                answer == null ? NOTHING : answer));
            case ANSWER -> inquiries.take(part.id(), content);
            case NO_ANSWER -> inquiries.take(part.id(), null);
            case BEAT, BYE -> {}
        }
    }

    /** Says that this node is going, and ends all inquiries with the answers that have arrived. */
    public final void close() {
        send(Purpose.BYE, "", "", NOTHING);
        inquiries.close();
    }
}
