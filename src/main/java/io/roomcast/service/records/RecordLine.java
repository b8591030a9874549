package io.roomcast.service.records;

import io.roomcast.protocol.MessageText;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The lines of an export, which {@code docs/archive.md} describes. */
final class RecordLine {
    /** The version of the format. */
    static final int VERSION = 1;

    private RecordLine() {}

    /**
     * Writes the line of a message: its position, and all that members see.
     *
     * @param previous the last place of the epoch before, for the first message of an epoch that is not the first; else
     *     null
     */
    static void write(ByteArrayOutputStream out, String epoch, StoredMessage message, String previous) {
        out.writeBytes(("{\"epoch\":\"" + epoch + "\",\"offset\":" + message.offset() + ','
                        + (previous == null ? "" : "\"previous\":" + previous + ','))
                .getBytes(StandardCharsets.UTF_8));
        out.write(message.body(), 1, message.body().length - 1);
        out.write('\n');
    }

    static String place(String epoch, long offset) {
        return "{\"epoch\":\"" + epoch + "\",\"offset\":" + offset + "}";
    }

    static JsonObjectBuilder placeObject(Position place) {
        return Json.createObjectBuilder().add("epoch", place.epoch()).add("offset", place.offset());
    }

    static void write(ByteArrayOutputStream out, JsonObjectBuilder line) {
        out.writeBytes((line.build() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static JsonObjectBuilder head(long at) {
        return Json.createObjectBuilder()
                .add("type", "export")
                .add("version", VERSION)
                .add("at", at);
    }

    static JsonObjectBuilder end(long messages, boolean isComplete) {
        return Json.createObjectBuilder()
                .add("type", "end")
                .add("messages", messages)
                .add("complete", isComplete);
    }

    /** Whether the user has sent the message with this body. */
    static boolean isOf(UserId user, byte[] body) {
        // Most bodies are of others. A text that occurs nowhere is not parsed for.
        if (SenderText.isPlain(user.value()) && indexOf(body, user.value()) < 0) {
            return false;
        }
        return MessageText.of(body).sender().equals(user.value());
    }

    private static int indexOf(byte[] body, String ascii) {
        int last = body.length - ascii.length();
        for (int from = 0; from <= last; from++) {
            int matched = 0;
            while (matched < ascii.length() && body[from + matched] == ascii.charAt(matched)) {
                matched++;
            }
            if (matched == ascii.length()) {
                return from;
            }
        }
        return -1;
    }
}
