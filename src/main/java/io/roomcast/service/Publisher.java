package io.roomcast.service;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.protocol.Payload;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.ServerFrameWriter.MessageBody;
import io.roomcast.protocol.User;
import io.roomcast.relay.Relay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Stores the messages of members and back ends. Writes the body, adds the owner to the idempotency key, and updates
 * the metrics. Only this class writes the body, which is JSON. Relays, rooms and queues pass the bytes of the body on,
 * and never parse them. The callers check permissions, sizes and rates. Any thread; no method blocks.
 */
@ApplicationScoped
public class Publisher {
    private Relay relay;
    private ServerFrameWriter writer;
    private NodeMetrics metrics;
    private Clocks clocks;

    /** For the container's proxy. */
    protected Publisher() {}

    @Inject
    public Publisher(Relay relay, ServerFrameWriter writer, NodeMetrics metrics, Clocks clocks) {
        this.relay = relay;
        this.writer = writer;
        this.metrics = metrics;
        this.clocks = clocks;
    }

    /**
     * Stores a message of a member.
     *
     * @param idempotencyKey null if the publish is never repeated. Each user has a separate set of keys. So a
     *     user who guesses another user's key cannot suppress that user's message.
     */
    CompletionStage<Position> publish(RoomName room, User user, Payload payload, String idempotencyKey) {
        return store(room, user, payload, idempotencyKey, user.id().value());
    }

    /**
     * Stores a message of a back end, under the name of any sender.
     *
     * @param idempotencyKey null if the publish is never repeated. All back ends share one set of keys. Its
     *     owner is the empty id, which no user can have.
     */
    CompletionStage<Position> publishForBackEnd(RoomName room, User sender, Payload payload, String idempotencyKey) {
        return store(room, sender, payload, idempotencyKey, "");
    }

    /**
     * Stores messages of a member in one step.
     *
     * @return what is stored, and why the next message is not; fails if nothing is stored
     */
    CompletionStage<Relay.Prefix> publishAll(RoomName room, User user, Beginning beginning) {
        return storeAll(room, user, beginning, user.id().value());
    }

    /** As {@link #publishAll}, for a back end: see {@link #publishForBackEnd}. */
    CompletionStage<Relay.Prefix> publishAllForBackEnd(RoomName room, User sender, Beginning beginning) {
        return storeAll(room, sender, beginning, "");
    }

    private CompletionStage<Relay.Prefix> storeAll(RoomName room, User sender, Beginning beginning, String keyOwner) {
        long at = clocks.wall().millis();
        List<Relay.Entry> entries = beginning.messages().stream()
                .map(message -> entry(room, sender, message.payload(), at, message.idempotencyKey(), keyOwner))
                .toList();
        return counted(
                        () -> relay.publishAll(room, entries),
                        prefix -> prefix.positions().size())
                .thenApply(prefix ->
                        prefix.refusal() == null ? new Relay.Prefix(prefix.positions(), beginning.refusal()) : prefix);
    }

    private CompletionStage<Position> store(
            RoomName room, User sender, Payload payload, String idempotencyKey, String keyOwner) {
        Relay.Entry entry = entry(room, sender, payload, clocks.wall().millis(), idempotencyKey, keyOwner);
        return counted(() -> relay.publish(room, entry.key(), entry.body()), position -> 1);
    }

    private Relay.Entry entry(
            RoomName room, User sender, Payload payload, long at, String idempotencyKey, String keyOwner) {
        byte[] body = writer.body(MessageBody.of(room, sender, payload, at, idempotencyKey));
        return new Relay.Entry(idempotencyKey == null ? null : keyOwner + '\n' + idempotencyKey, body);
    }

    /** Records how long the relay takes, and how many messages it has stored. */
    private <T> CompletionStage<T> counted(Supplier<CompletionStage<T>> publish, ToIntFunction<T> messages) {
        long started = clocks.nanos().getAsLong();
        return publish.get().whenComplete((stored, failure) -> {
            metrics.record(Latency.PUBLISH, clocks.nanos().getAsLong() - started);
            if (failure == null) {
                metrics.add(Counter.MESSAGES_STORED, messages.applyAsInt(stored));
            }
        });
    }
}
