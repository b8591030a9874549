package io.roomcast.protocol;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.JsonbException;
import java.util.Set;

/** Turns one line of JSON into a {@link ClientFrame}. Any thread may use it. */
public final class ClientFrameReader {
    private static final Set<String> IN_ROOMS = Set.of("join", "publish", "signal", "history", "members", "leave");

    private static final int LONGEST_SIGNAL_NAME = 64;
    private static final int DEFAULT_PAGE = 50;
    private static final int LARGEST_PAGE = 200;

    private final Jsonb jsonb = JsonbBuilder.create(new JsonbConfig().withDeserializers(new RawFrameDeserializer()));

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
        boolean concernsRoom = raw.type == null || IN_ROOMS.contains(raw.type);
        try {
            return new BadFrameException(raw.id, echo(raw.key), room(raw), concernsRoom, cause);
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
        String type = raw.type == null ? "publish" : raw.type;
        return switch (type) {
            case "hello" -> new ClientFrame.Hello(raw.id, raw.user == null ? null : new UserName(raw.user), raw.token);
            case "refresh" -> new ClientFrame.Refresh(raw.id, raw.token);
            case "join" -> new ClientFrame.Join(raw.id, room(raw), since(raw));
            case "publish" ->
                new ClientFrame.Publish(raw.id, room(raw), MessageKey.checked(raw.key), Content.of(raw.content));
            case "signal" ->
                new ClientFrame.Signal(
                        raw.id, room(raw), signalName(raw.name), raw.content == null ? null : Content.of(raw.content));
            case "history" -> history(raw);
            case "members" -> new ClientFrame.Members(raw.id, room(raw));
            case "leave" -> new ClientFrame.Leave(raw.id, room(raw));
            case "ping" -> new ClientFrame.Ping(raw.id);
            default -> throw new ProtocolException(ErrorCode.BAD_REQUEST, "unknown type");
        };
    }

    private static RoomName room(RawFrame raw) {
        return raw.room == null ? null : new RoomName(raw.room);
    }

    private static Position since(RawFrame raw) {
        if (!raw.hasSince) {
            return null;
        }
        return new Position(raw.epoch, raw.offset == null ? -1 : raw.offset);
    }

    /** The key, if an answer may carry it: half of a surrogate pair, for one, could not be sent. */
    private static String echo(String key) {
        try {
            return MessageKey.checked(key);
        } catch (ProtocolException e) {
            return null;
        }
    }

    private static String signalName(String name) {
        if (name == null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "name is missing");
        }
        checkShort("name", name, LONGEST_SIGNAL_NAME);
        return name;
    }

    private static void checkShort(String what, String text, int longest) {
        if (text.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, what + " is empty");
        }
        if (text.length() > longest) {
            throw new ProtocolException(ErrorCode.TOO_LARGE, what + " has over " + longest + " characters");
        }
        Text.checkedUtf8Length(what, text);
    }

    private static ClientFrame.History history(RawFrame raw) {
        if (raw.before != null && raw.after != null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "before and after exclude each other");
        }
        long limit = raw.limit == null ? DEFAULT_PAGE : raw.limit;
        if (limit < 1 || limit > LARGEST_PAGE) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "limit must be from 1 to " + LARGEST_PAGE);
        }
        return new ClientFrame.History(
                raw.id, room(raw), raw.before == null ? 0 : raw.before, raw.after == null ? -1 : raw.after, (int)
                        limit);
    }
}
