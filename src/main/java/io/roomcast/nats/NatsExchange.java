package io.roomcast.nats;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.roomcast.nats.connection.Append;
import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.NatsLink;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.relay.BeatExchange;
import io.roomcast.relay.ExchangePart;
import io.roomcast.relay.ExchangePart.Purpose;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * Asks the other nodes over a subject that all nodes hear, and subjects that each node has alone: NATS tells nobody who has
 * subscribed. The thread of the subscriptions passes on what was heard.
 */
final class NatsExchange extends BeatExchange {
    private static final Logger LOG = System.getLogger(NatsExchange.class.getName());
    /** Place for headers in a message of NATS. */
    private static final int HEADER_BYTES = 512;

    private static final String ALL = "all";
    private static final String KIND = "Rx";
    private static final String ID = "Rx-Id";
    private static final String FROM = "Rx-From";
    private static final String REST = "Rx-Rest";
    private static final String SIZE = "Rx-Size";

    private final String id;
    private final NatsLink link;
    private final JetStream jetStream;
    private final Subjects subjects;

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
        super(id, node, timer, nanoClock);
        this.id = id;
        this.link = link;
        this.jetStream = jetStream;
        this.subjects = subjects;
    }

    /** Subscribes what this node hears. Called for each connection that was not there before. */
    void subscribe() {
        link.subscribe(subjects.exchange(ALL), message -> received("", message));
        link.subscribe(subjects.exchange(id), message -> received(id, message));
    }

    private void received(String to, Message message) {
        Headers headers = message.getHeaders();
        if (headers == null || headers.getFirst(FROM) == null || headers.getFirst(ID) == null) {
            return;
        }
        ExchangePart part;
        try {
            part = new ExchangePart(
                    Purpose.of(headers.getFirst(KIND)),
                    headers.getFirst(FROM),
                    to,
                    headers.getFirst(ID),
                    Integer.parseInt(headers.getFirst(SIZE)),
                    Integer.parseInt(headers.getFirst(REST)),
                    message.getData());
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "a node of another version tells something", e);
            return;
        }
        received(part);
    }

    @Override
    protected boolean isReady() {
        return link.isReady();
    }

    @Override
    protected long maxPartBytes() {
        return link.maxPayload() - HEADER_BYTES;
    }

    @Override
    protected void send(ExchangePart part) {
        Headers headers = new Headers()
                .put(KIND, part.purpose().word())
                .put(FROM, part.from())
                .put(ID, part.id())
                .put(SIZE, Integer.toString(part.size()))
                .put(REST, Integer.toString(part.rest()));
        link.publish(subjects.exchange(part.to().isEmpty() ? ALL : part.to()), headers, part.bytes());
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
}
