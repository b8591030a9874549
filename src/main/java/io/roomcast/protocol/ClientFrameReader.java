package io.roomcast.protocol;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.JsonbException;

/** Turns one line of JSON into a {@link ClientFrame}. Any thread may use it. */
public final class ClientFrameReader {
    private final Jsonb jsonb = JsonbBuilder.create(new JsonbConfig().withDeserializers(new RawFrame.Deserializer()));

    /** @throws BadFrameException with all that could be read of it, when the line is no frame of the protocol */
    public ClientFrame read(String line) {
        RawFrame raw = parse(line);
        try {
            return frame(raw);
        } catch (ProtocolException e) {
            throw refused(raw, e);
        }
    }

    private static BadFrameException refused(RawFrame raw, ProtocolException cause) {
        ClientFrame.Type type = ClientFrame.Type.of(raw);
        boolean concernsRoom = type != null && type.isInRoom();
        try {
            return new BadFrameException(raw.id, echo(raw.key), ClientFrame.Type.room(raw), concernsRoom, cause);
        } catch (ProtocolException e) {
            // There is no such room.
            return new BadFrameException(raw.id, echo(raw.key), cause);
        }
    }

    private RawFrame parse(String line) {
        // Yasson gives a deserializer no way to see which token it starts at.
        if (!line.stripLeading().startsWith("{")) {
            throw new BadFrameException("a frame is a JSON object");
        }
        RawFrame raw;
        try {
            raw = jsonb.fromJson(line, RawFrame.class);
        } catch (JsonbException e) {
            throw new BadFrameException("not JSON");
        }
        for (int i = (int) raw.end; i < line.length(); i++) {
            if (!Character.isWhitespace(line.charAt(i))) {
                throw new BadFrameException("text after the end of the object; separate frames by a newline");
            }
        }
        return raw;
    }

    private static ClientFrame frame(RawFrame raw) {
        if (raw.defect != null) {
            throw raw.defect;
        }
        ClientFrame.Type type = ClientFrame.Type.of(raw);
        if (type == null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "unknown type");
        }
        return type.read(raw);
    }

    /** The key, if an answer may carry it: half of a surrogate pair, for one, could not be sent. */
    private static String echo(String key) {
        try {
            return MessageKey.checked(key);
        } catch (ProtocolException e) {
            return null;
        }
    }
}
