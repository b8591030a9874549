package io.roomcast.jmx;

import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.StoredMessage;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
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
        try (JsonReader reader =
                Json.createReader(new StringReader(new String(message.body(), StandardCharsets.UTF_8)))) {
            JsonObject body = reader.readObject();
            return new RoomMessage(
                    message.offset(),
                    Date.from(Instant.ofEpochMilli(body.getJsonNumber("at").longValue())),
                    body.getString("sender"),
                    body.getString("content", MessageFrames.WITHOUT_TEXT),
                    json(body, "data"),
                    json(body, "meta"));
        }
    }

    private static String json(JsonObject body, String name) {
        return body.containsKey(name) ? body.get(name).toString() : null;
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
