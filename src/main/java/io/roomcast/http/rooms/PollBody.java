package io.roomcast.http.rooms;

import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.JsonMembers;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.WholeNumber;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a poll.
 *
 * @param rooms the rooms, each with the position that the client has, if any
 * @param waitMs how long the client wants to wait for news, in milliseconds; null if it does not say
 * @param session the client's ticket; null for a new client
 */
public record PollBody(List<ClientFrame.Join> rooms, Long waitMs, String session) {

    /** @throws ProtocolException {@code bad_request} if the body is not that of a poll */
    public static PollBody read(byte[] body) {
        JsonMembers members;
        try {
            members = new JsonMembers(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException | RuntimeException e) {
            throw bad("the body is not one JSON object in UTF-8");
        }
        if (!(value(members, "rooms") instanceof JsonObject named)) {
            throw bad("rooms must be an object: the names of rooms, each with a position or null");
        }
        List<ClientFrame.Join> rooms = new ArrayList<>();
        named.forEach((name, value) -> rooms.add(join(new RoomName(name), value)));
        JsonValue session = value(members, "session");
        if (session != null && !(session instanceof JsonString)) {
            throw bad("session must be a string");
        }
        return new PollBody(
                rooms,
                number(value(members, "waitMs"), "waitMs"),
                session == null ? null : ((JsonString) session).getString());
    }

    private static JsonValue value(JsonMembers members, String name) {
        try {
            return members.value(name);
        } catch (RuntimeException e) {
            throw bad(name + " is not a value that the JSON library reads");
        }
    }

    private static ClientFrame.Join join(RoomName room, JsonValue value) {
        if (value.getValueType() == JsonValue.ValueType.NULL) {
            return new ClientFrame.Join(null, room, null, true);
        }
        if (!(value instanceof JsonObject wanted)) {
            throw bad("a room must have an object with epoch and offset, or null");
        }
        return new ClientFrame.Join(null, room, position(wanted), isPresent(wanted.get("presence")));
    }

    private static boolean isPresent(JsonValue presence) {
        JsonValue.ValueType type = presence == null ? JsonValue.ValueType.NULL : presence.getValueType();
        return switch (type) {
            case TRUE, NULL -> true;
            case FALSE -> false;
            default -> throw bad("presence must be true or false");
        };
    }

    /** @return null if the room has neither an epoch nor an offset */
    private static Position position(JsonObject wanted) {
        JsonValue epoch = wanted.get("epoch");
        Long offset = number(wanted.get("offset"), "offset");
        Long at = number(wanted.get("at"), "at");
        if (epoch == null && offset == null) {
            return null;
        }
        if (!(epoch instanceof JsonString name) || offset == null) {
            throw bad("epoch must be a string, and offset belongs to it");
        }
        return new Position(name.getString(), offset, at == null ? 0 : at);
    }

    private static Long number(JsonValue value, String name) {
        if (value == null || value.getValueType() == JsonValue.ValueType.NULL) {
            return null;
        }
        Long number = null;
        try {
            number = value instanceof JsonNumber ? WholeNumber.read(value.toString()) : null;
        } catch (RuntimeException e) {
            // The number has too many digits or too large an exponent for the JSON library.
        }
        if (number == null) {
            throw bad(name + " must be a whole number from 0 to 2^53-1");
        }
        return number;
    }

    private static ProtocolException bad(String text) {
        return new ProtocolException(ErrorCode.BAD_REQUEST, text);
    }
}
