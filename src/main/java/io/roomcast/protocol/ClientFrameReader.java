package io.roomcast.protocol;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.JsonbException;

/** Turns one line of JSON into a {@link ClientFrame}. Any thread may use it. */
public final class ClientFrameReader {
    private final Jsonb jsonb = JsonbBuilder.create(new JsonbConfig().withDeserializers(new RawFrame.Deserializer()));

    /** @throws BadFrameException if the line is not a valid frame; holds the properties that could be read */
    public ClientFrame read(String line) {
        RawFrame raw = parse(line);
        try {
            return toFrame(raw);
        } catch (ProtocolException e) {
            throw badFrame(raw, e);
        }
    }

    /**
     * Reads several messages, as {@code messages} of a publish has them.
     *
     * @param messages the text of one JSON value
     * @throws ProtocolException if the first of them is not valid, or there is none
     */
    public ClientFrame.PublishAll readMessages(String messages) {
        RawFrame raw;
        try {
            raw = parse("{\"messages\":" + messages + "}");
        } catch (BadFrameException e) {
            throw new ProtocolException(e.code(), e.getMessage());
        }
        if (raw.defect != null) {
            throw raw.defect;
        }
        return ClientFrame.PublishAll.of(raw);
    }

    /** The frame as one that is refused, with the properties that could be read. */
    static BadFrameException badFrame(RawFrame raw, ProtocolException cause) {
        ClientFrame.Type type = ClientFrame.Type.of(raw);
        boolean concernsRoom = type != null && type.isInRoom();
        try {
            return new BadFrameException(
                    raw.id, validKey(raw.idempotencyKey), ClientFrame.Type.room(raw), concernsRoom, cause);
        } catch (ProtocolException e) {
            // The room's name is not valid. So the answer cannot name the room.
            return new BadFrameException(raw.id, validKey(raw.idempotencyKey), cause);
        }
    }

    private RawFrame parse(String line) {
        // A deserializer of Yasson cannot see its first token. So this method checks that the line is an object.
        if (!line.stripLeading().startsWith("{")) {
            throw new BadFrameException("a frame is a JSON object");
        }
        RawFrame raw;
        try {
            raw = jsonb.fromJson(line, RawFrame.class);
        } catch (RawFrame.TooDeepException e) {
            return e.frame;
        } catch (JsonbException e) {
            throw new BadFrameException("not JSON");
        }
        raw.setLine(line);
        for (int i = (int) raw.end; i < line.length(); i++) {
            if (!Character.isWhitespace(line.charAt(i))) {
                throw new BadFrameException("text after the end of the object; separate frames by a newline");
            }
        }
        return raw;
    }

    private static ClientFrame toFrame(RawFrame raw) {
        if (raw.defect != null) {
            throw raw.defect;
        }
        ClientFrame.Type type = ClientFrame.Type.of(raw);
        if (type == null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "unknown type");
        }
        return type.read(raw);
    }

    /** The key, or null if the key is not valid. For example, an answer must not repeat half of a surrogate pair. */
    private static String validKey(String key) {
        try {
            return IdempotencyKey.checked(key);
        } catch (ProtocolException e) {
            return null;
        }
    }
}
