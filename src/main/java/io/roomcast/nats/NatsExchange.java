package io.roomcast.nats;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.roomcast.nats.connection.Append;
import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.NatsLink;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.relay.Inquiries;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.RelayUnavailableException;
import java.io.ByteArrayOutputStream;
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
 * Asks the other nodes over subjects that each node has alone. NATS tells nobody who has subscribed, so each node says
 * every second that it is there. A node that was not heard for some seconds is not asked. Questions and answers travel in
 * parts, since NATS bounds the bytes of a message.
 *
 * <p><b>Concurrency.</b> Any thread may call. Only the thread of the subscriptions uses {@code parts}.
 */
final class NatsExchange implements NodeExchange {
    private static final Logger LOG = System.getLogger(NatsExchange.class.getName());
    private static final long HEARD_NANOS = TimeUnit.MILLISECONDS.toNanos(3_500);
    /** Others are known when this node has been heard for so long: each says in this time that it is there. */
    private static final long KNOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private static final int PART_BYTES = 256 * 1024;
    /** Place for headers in a message of NATS. */
    private static final int HEADER_BYTES = 512;
    /** Most questions and answers that have come in part. */
    private static final int MAX_PARTIAL = 64;

    private static final String KIND = "Rx";
    private static final String ID = "Rx-Id";
    private static final String FROM = "Rx-From";
    private static final String REST = "Rx-Rest";
    private static final String SIZE = "Rx-Size";
    private static final byte[] NOTHING = new byte[0];

    /** @param heardAt time in nanoseconds */
    private record Heard(String node, long heardAt) {}

    private final String id;
    private final String node;
    private final NatsLink link;
    private final JetStream jetStream;
    private final Subjects subjects;
    private final LongSupplier nanoClock;
    private final Inquiries inquiries;
    /** The nodes that were heard, this one too, by their ids. */
    private final ConcurrentHashMap<String, Heard> nodes = new ConcurrentHashMap<>();

    private final Map<String, ByteArrayOutputStream> parts = new HashMap<>();
    /** Time in nanoseconds since which this node hears itself without a pause. */
    private volatile long heardSince;

    private volatile Responder responder =
            question -> CompletableFuture.failedFuture(new RelayUnavailableException("the node starts"));

    /**
     * @param id name of this node that no other has, as part of a subject
     * @param node name of this node
     */
    NatsExchange(
            String id,
            String node,
            NatsLink link,
            JetStream jetStream,
            Subjects subjects,
            ScheduledExecutorService timer,
            LongSupplier nanoClock) {
        this.id = id;
        this.node = node;
        this.link = link;
        this.jetStream = jetStream;
        this.subjects = subjects;
        this.nanoClock = nanoClock;
        this.inquiries = new Inquiries(timer);
    }

    /** Subscribes what this node hears. Called for each connection that was not there before. */
    void subscribe() {
        link.subscribe(subjects.exchange("all"), this::heard);
        link.subscribe(subjects.exchange(id), this::received);
    }

    /** Says that this node is there. To be called every second. */
    void beat() {
        publish("all", "beat", "", node.getBytes(UTF_8));
        long now = nanoClock.getAsLong();
        nodes.values().removeIf(heard -> now - heard.heardAt() > HEARD_NANOS);
    }

    private void heard(Message message) {
        Headers headers = message.getHeaders();
        String from = headers == null ? null : headers.getFirst(FROM);
        if (from == null) {
            return;
        }
        if ("bye".equals(headers.getFirst(KIND))) {
            nodes.remove(from);
            return;
        }
        long now = nanoClock.getAsLong();
        Heard before = nodes.put(from, new Heard(new String(message.getData(), UTF_8), now));
        if (from.equals(id) && before == null) {
            heardSince = now;
        }
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
        if (!link.isReady() || own == null || now - own.heardAt() > HEARD_NANOS || now - heardSince < KNOWN_NANOS) {
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
            idsByQuestion.forEach((questionId, each) -> publish(each, "question", questionId, question));
        }
        return inquiry.result();
    }

    @Override
    public CompletionStage<byte[]> agree(String name, byte[] proposal) {
        String subject = subjects.agreement(name);
        return jetStream.append(subject, JetStream.expecting(0), proposal).thenCompose(answer -> {
            if (answer instanceof Append.Refused refused) {
                return CompletableFuture.failedFuture(refused.why());
            }
            return jetStream.last(subjects.agreements(), subject).thenApply(record -> {
                if (record == null) {
                    throw new RelayUnavailableException("NATS has lost what the nodes agreed on: " + name);
                }
                return record.body();
            });
        });
    }

    /** Publishes the content in parts. */
    private void publish(String to, String kind, String message, byte[] content) {
        int from = 0;
        int partBytes = (int) Math.max(Math.min(PART_BYTES, link.maxPayload() - HEADER_BYTES), 1);
        do {
            int end = Math.min(from + partBytes, content.length);
            Headers headers = new Headers()
                    .put(KIND, kind)
                    .put(FROM, id)
                    .put(ID, message)
                    .put(SIZE, Integer.toString(content.length))
                    .put(REST, Integer.toString(content.length - end));
            link.publish(
                    subjects.exchange(to),
                    headers,
                    end - from == content.length ? content : Arrays.copyOfRange(content, from, end));
            from = end;
        } while (from < content.length);
    }

    private void received(Message message) {
        Headers headers = message.getHeaders();
        if (headers == null || headers.getFirst(FROM) == null || headers.getFirst(ID) == null) {
            return;
        }
        String question = headers.getFirst(ID);
        byte[] content = whole(headers, question, message.getData());
        if (content == null) {
            return;
        }
        switch (String.valueOf(headers.getFirst(KIND))) {
            case "question" -> answer(headers.getFirst(FROM), question, content);
            case "answer" -> inquiries.take(question, content);
            case "none" -> inquiries.take(question, null);
            default -> LOG.log(Level.DEBUG, "a node of another version asks");
        }
    }

    /** The content, if this part is the last one, and no other was lost on its way; or else null. */
    private byte[] whole(Headers headers, String question, byte[] part) {
        byte[] content = joined(headers, question, part);
        return content != null && Integer.toString(content.length).equals(headers.getFirst(SIZE)) ? content : null;
    }

    private byte[] joined(Headers headers, String question, byte[] part) {
        boolean isLast = "0".equals(headers.getFirst(REST));
        String key = headers.getFirst(KIND) + question;
        ByteArrayOutputStream earlier = parts.get(key);
        if (earlier == null && isLast) {
            return part;
        }
        if (earlier == null) {
            if (parts.size() >= MAX_PARTIAL) {
                parts.clear(); // Their nodes have gone in between, or ask too much.
            }
            earlier = new ByteArrayOutputStream(2 * PART_BYTES);
            parts.put(key, earlier);
        }
        if (earlier.size() + part.length > MAX_BYTES) {
            parts.remove(key);
            return null;
        }
        earlier.writeBytes(part);
        if (!isLast) {
            return null;
        }
        parts.remove(key);
        return earlier.toByteArray();
    }

    private void answer(String to, String question, byte[] content) {
        respond(content).whenComplete((answer, failure) -> {
            boolean answered = failure == null && answer.length <= MAX_BYTES;
            if (!answered) {
                LOG.log(Level.WARNING, "this node has no answer for another node", failure);
            }
            publish(to, answered ? "answer" : "none", question, answered ? answer : NOTHING);
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
        publish("all", "bye", "", NOTHING);
        inquiries.close();
    }
}
