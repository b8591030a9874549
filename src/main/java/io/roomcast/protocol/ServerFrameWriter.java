package io.roomcast.protocol;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import jakarta.json.bind.annotation.JsonbTransient;
import jakarta.json.bind.config.PropertyOrderStrategy;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes frames, and the bodies of messages, as JSON on one line. Any thread may use it. */
public final class ServerFrameWriter {
    private final Jsonb jsonb =
            JsonbBuilder.create(new JsonbConfig().withPropertyOrderStrategy(PropertyOrderStrategy.ANY));

    /**
     * The time comes first, because {@link MessageFrames#at} looks for it.
     *
     * @param at milliseconds since 1970 UTC; the other components have the form that members see
     * @param erased null; the body of an erased message is that of {@link MessageFrames#erased}
     */
    @JsonbPropertyOrder({"at", "erased", "room", "sender", "name", "content", "meta", "idempotencyKey"})
    public record MessageBody(
            String room,
            String sender,
            String name,
            String content,
            long at,
            Map<String, String> meta,
            String idempotencyKey,
            Boolean erased,
            @JsonbTransient Data data) {
        public static MessageBody of(RoomName room, User sender, Payload payload, long at, String idempotencyKey) {
            return new MessageBody(
                    room.value(),
                    sender.id().value(),
                    sender.name(),
                    payload.content() == null ? null : payload.content().text(),
                    at,
                    payload.meta() == null ? null : payload.meta().entries(),
                    idempotencyKey,
                    null,
                    payload.data());
        }
    }

    public String write(ServerFrame frame) {
        return jsonb.toJson(frame);
    }

    /**
     * The body of a {@link StoredMessage}, in UTF-8. The data is the text that its publisher wrote. In a message
     * without content, the data follows the time, so that {@link MessageFrames#printable} knows the message by its
     * beginning.
     */
    public byte[] body(MessageBody body) {
        String json = jsonb.toJson(body);
        if (body.data() != null) {
            int at = body.content() == null ? json.indexOf(',') : json.length() - 1;
            json = json.substring(0, at) + ",\"data\":" + body.data().json() + json.substring(at);
        }
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
