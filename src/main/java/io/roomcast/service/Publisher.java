package io.roomcast.service;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.protocol.Content;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.ServerFrameWriter.MessageBody;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.Relay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;

/**
 * Stores messages, whoever publishes them: writes the body, gives the key its owner, counts and measures. The body is JSON that is made
 * here once; relays, rooms and queues pass its bytes on and never read them. Callers check
 * permissions, sizes and rates. Any thread; nothing blocks.
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
     * A member publishes.
     *
     * @param key makes the publish repeatable, or null. A user's keys are its own: nobody can take the place of another user's message
     *     by guessing its key
     */
    CompletionStage<Position> publish(RoomName room, UserName user, Content content, String key) {
        return store(room, user, content, key, user.value());
    }

    /**
     * A back end publishes, in the name of any sender.
     *
     * @param key as above; back ends share their keys, and share none with users: no user's name is empty
     */
    CompletionStage<Position> publishForBackEnd(RoomName room, UserName sender, Content content, String key) {
        return store(room, sender, content, key, "");
    }

    private CompletionStage<Position> store(
            RoomName room, UserName sender, Content content, String key, String keyOwner) {
        long at = clocks.wall().millis();
        byte[] body = writer.body(MessageBody.of(room, sender, content, at, key));
        String relayKey = key == null ? null : keyOwner + '\n' + key;
        long started = clocks.nanos().getAsLong();
        return relay.publish(room, relayKey, body).whenComplete((position, failure) -> {
            metrics.record(Latency.PUBLISH, clocks.nanos().getAsLong() - started);
            if (failure == null) {
                metrics.increment(Counter.MESSAGES_STORED);
            }
        });
    }
}
