package io.roomcast.jmx;

import io.roomcast.protocol.JsonMembers;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.StoredMessage;
import jakarta.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;

/**
 * A stored message. Consoles read a record of this class as composite data, see {@link DrainProgress}.
 *
 * @param offset the number of the message in its room
 * @param content a neutral text if the message has none
 * @param data JSON, or null; {@code meta}, too
 * @param at time when the message was stored, by the clock of the node that published the message
 */
public record RoomMessage(long offset, Date at, String sender, String content, String data, String meta) {

    static RoomMessage of(StoredMessage message) {
        JsonMembers body = new JsonMembers(new String(message.body(), StandardCharsets.UTF_8));
        return new RoomMessage(
                message.offset(),
                Date.from(Instant.ofEpochMilli(MessageFrames.at(message.body()))),
                string(body, "sender", null),
                MessageFrames.isErased(message.body())
                        ? MessageFrames.ERASED_TEXT
                        : string(body, "content", MessageFrames.WITHOUT_TEXT),
                body.text("data"),
                body.text("meta"));
    }

    private static String string(JsonMembers body, String name, String otherwise) {
        return body.value(name) instanceof JsonString text ? text.getString() : otherwise;
    }

    public long getOffset() {
        return offset;
    }

    public Date getAt() {
        return at;
    }

    public String getSender() {
        return sender;
    }

    public String getContent() {
        return content;
    }

    public String getData() {
        return data;
    }

    public String getMeta() {
        return meta;
    }
}
