package io.roomcast.service.records;

import io.roomcast.protocol.DisplayName;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.IdempotencyKey;
import io.roomcast.protocol.JsonMembers;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Payload;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.ServerFrameWriter.MessageBody;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A line of an import that is a message. It is checked as if somebody published it now, and written anew, so that nothing
 * gets into the archive that members could not have sent.
 *
 * @param previous the last place of the epoch before; null if the line names none
 * @param payload null if the message was erased
 */
record ImportLine(String epoch, Position previous, Payload payload, StoredMessage message) {
    /** So that many messages can follow those that were brought. */
    private static final long MAX_OFFSET = Position.MAX_OFFSET - (1L << 32);

    /** Epochs get into frames as they are. */
    private static final Pattern EPOCH = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /**
     * Reads a line.
     *
     * @param room to which the messages go, whatever the line says
     * @param latest the latest time that a message may have, in milliseconds since 1970 UTC
     * @throws ProtocolException {@code bad_request}, with a text that repeats nothing of the line
     */
    static ImportLine of(JsonMembers line, RoomName room, ServerFrameWriter writer, long latest) {
        Position place = position(line);
        Position previous = line.text("previous") == null ? null : position(members(line.text("previous")));
        long at = number(line, "at");
        if (at > latest) {
            throw bad("at is in the future");
        }
        if ("true".equals(line.text("erased"))) {
            byte[] before = ("{\"at\":" + at + "}").getBytes(StandardCharsets.US_ASCII);
            return new ImportLine(
                    place.epoch(),
                    previous,
                    null,
                    new StoredMessage(place.offset(), MessageFrames.erased(room, before)));
        }
        UserId sender = new UserId(required(line, "sender"));
        String name = text(line, "name");
        Payload payload = Payload.of(text(line, "content"), line.text("data"), meta(line));
        MessageBody body = new MessageBody(
                room.value(),
                sender.value(),
                name == null ? null : DisplayName.of(name, sender),
                payload.content() == null ? null : payload.content().text(),
                at,
                payload.meta() == null ? null : payload.meta().entries(),
                IdempotencyKey.checked(text(line, "idempotencyKey")),
                null,
                payload.data());
        return new ImportLine(place.epoch(), previous, payload, new StoredMessage(place.offset(), writer.body(body)));
    }

    /** @param place may be null */
    boolean isAt(Position place) {
        return place != null && place.epoch().equals(epoch) && place.offset() == message.offset();
    }

    /** @throws ProtocolException {@code bad_request} if the text is no JSON object */
    static JsonMembers members(String text) {
        try {
            return new JsonMembers(text);
        } catch (RuntimeException e) {
            // If a limit such as the depth is exceeded, the parser throws exceptions that are not JsonException.
            throw bad("is not one JSON object");
        }
    }

    /** The position that a line has, or an object in it. */
    static Position position(JsonMembers line) {
        String epoch = required(line, "epoch");
        long offset = number(line, "offset");
        if (!EPOCH.matcher(epoch).matches()) {
            throw bad("epoch has other characters than epochs have");
        }
        if (offset < 1) {
            throw bad("offset must be 1 or more");
        }
        if (offset > MAX_OFFSET) {
            throw bad("offset leaves no room for later messages");
        }
        return new Position(epoch, offset);
    }

    private static long number(JsonMembers line, String name) {
        try {
            if (value(line, name) instanceof JsonNumber number && number.longValueExact() >= 0) {
                return number.longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // Falls through to the same error.
        }
        throw bad(name + " must be a whole number");
    }

    private static String required(JsonMembers line, String name) {
        String text = text(line, name);
        if (text == null) {
            throw bad(name + " is missing");
        }
        return text;
    }

    static String text(JsonMembers line, String name) {
        JsonValue value = value(line, name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonString text) {
            return text.getString();
        }
        throw bad(name + " must be a string");
    }

    private static Map<String, String> meta(JsonMembers line) {
        JsonValue value = value(line, "meta");
        if (value == null) {
            return null;
        }
        Map<String, String> entries = new LinkedHashMap<>();
        if (value.getValueType() != JsonValue.ValueType.OBJECT) {
            throw bad("meta must be an object of strings");
        }
        value.asJsonObject().forEach((name, entry) -> {
            if (!(entry instanceof JsonString text)) {
                throw bad("meta must be an object of strings");
            }
            entries.put(name, text.getString());
        });
        return entries;
    }

    private static JsonValue value(JsonMembers line, String name) {
        try {
            return line.value(name);
        } catch (RuntimeException e) {
            throw bad(name + " is not a value that the JSON library reads");
        }
    }

    static ProtocolException bad(String text) {
        return new ProtocolException(ErrorCode.BAD_REQUEST, text);
    }
}
