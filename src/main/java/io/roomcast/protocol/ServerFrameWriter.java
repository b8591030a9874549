package io.roomcast.protocol;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import jakarta.json.bind.config.PropertyOrderStrategy;
import java.nio.charset.StandardCharsets;

/** Writes frames, and the bodies of messages, as JSON on one line. Any thread may use it. */
public final class ServerFrameWriter {
    private final Jsonb jsonb =
            JsonbBuilder.create(new JsonbConfig().withPropertyOrderStrategy(PropertyOrderStrategy.ANY));

    /**
     * The time comes first, because {@link MessageFrames#at} looks for it.
     *
     * @param at milliseconds since 1970 UTC; the other components have the form that members see
     */
    @JsonbPropertyOrder({"at", "room", "sender", "name", "content", "key"})
    public record MessageBody(String room, String sender, String name, String content, long at, String key) {
        public static MessageBody of(RoomName room, User sender, Content content, long at, String key) {
            return new MessageBody(room.value(), sender.id().value(), sender.name(), content.text(), at, key);
        }
    }

    public String write(ServerFrame frame) {
        return jsonb.toJson(frame);
    }

    /** The body of a {@link StoredMessage}, in UTF-8. */
    public byte[] body(MessageBody body) {
        return jsonb.toJson(body).getBytes(StandardCharsets.UTF_8);
    }
}
