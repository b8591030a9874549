package io.roomcast.protocol;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a client asks for. Names and numbers in it are valid; whether it may be done is for the service to say. {@code id} is
 * null where the client gave none; {@code room} is null where the client left it to the address that it connected to.
 */
public sealed interface ClientFrame {

    /**
     * The types of frames by their names on the wire, and what is read for each. A new type is a line here and a record below; where it is
     * served, {@code RoomService} has a branch.
     */
    enum Type {
        HELLO(false, raw -> new Hello(raw.id, raw.user == null ? null : new UserName(raw.user), raw.token)),
        REFRESH(false, raw -> new Refresh(raw.id, raw.token)),
        JOIN(true, raw -> new Join(raw.id, room(raw), since(raw))),
        PUBLISH(true, raw -> new Publish(raw.id, room(raw), MessageKey.checked(raw.key), Content.of(raw.content))),
        SIGNAL(
                true,
                raw -> new Signal(
                        raw.id,
                        room(raw),
                        Signal.checkedName(raw.name),
                        raw.content == null ? null : Content.of(raw.content))),
        HISTORY(true, History::of),
        MEMBERS(true, raw -> new Members(raw.id, room(raw))),
        LEAVE(true, raw -> new Leave(raw.id, room(raw))),
        PING(false, raw -> new Ping(raw.id));

        private static final Map<String, Type> BY_NAME =
                Stream.of(values()).collect(Collectors.toUnmodifiableMap(Type::wire, type -> type));

        private final boolean inRoom;
        private final Function<RawFrame, ClientFrame> reading;

        /** @param inRoom whether it is done in a room */
        Type(boolean inRoom, Function<RawFrame, ClientFrame> reading) {
            this.inRoom = inRoom;
            this.reading = reading;
        }

        /** A frame without a type is a publish. @return null for a type that does not exist */
        static Type of(RawFrame raw) {
            return raw.type == null ? PUBLISH : BY_NAME.get(raw.type);
        }

        /** The type as clients write it, for example {@code publish}. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isInRoom() {
            return inRoom;
        }

        /** @throws ProtocolException when a member is missing or no value for it */
        ClientFrame read(RawFrame raw) {
            return reading.apply(raw);
        }

        /** @throws ProtocolException when it is no name */
        static RoomName room(RawFrame raw) {
            return raw.room == null ? null : new RoomName(raw.room);
        }

        private static Position since(RawFrame raw) {
            return raw.hasSince ? new Position(raw.epoch, raw.offset == null ? -1 : raw.offset) : null;
        }
    }

    /** The client's number for this request, or null. */
    Long id();

    /** What is kept of it as long as it is not answered, in bytes, about. */
    default long bytes() {
        return 0;
    }

    /** @param token null where none was given; never printed */
    record Hello(Long id, UserName user, String token) implements ClientFrame {
        @Override
        public long bytes() {
            return token == null ? 0 : token.length();
        }

        @Override
        public String toString() {
            return "Hello[id=" + id + ", user=" + user + "]";
        }
    }

    /** @param token proves again who the session's user is; never printed */
    record Refresh(Long id, String token) implements ClientFrame {
        @Override
        public long bytes() {
            return token == null ? 0 : token.length();
        }

        @Override
        public String toString() {
            return "Refresh[id=" + id + "]";
        }
    }

    /** @param since last position that the client has, or null */
    record Join(Long id, RoomName room, Position since) implements ClientFrame {}

    /** @param key makes the publish repeatable, or null */
    record Publish(Long id, RoomName room, String key, Content content) implements ClientFrame {
        @Override
        public long bytes() {
            return content.bytes();
        }
    }

    /** @param content null where none was given */
    record Signal(Long id, RoomName room, String name, Content content) implements ClientFrame {
        private static final int LONGEST_NAME = 64;

        private static String checkedName(String name) {
            if (name == null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "name is missing");
            } else if (name.isEmpty()) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "name is empty");
            } else if (name.length() > LONGEST_NAME) {
                throw new ProtocolException(ErrorCode.TOO_LARGE, "name has over " + LONGEST_NAME + " characters");
            }
            Text.checkedUtf8Length("name", name);
            return name;
        }

        @Override
        public long bytes() {
            return content == null ? 0 : content.bytes();
        }
    }

    /**
     * @param before exclusive upper end, or 0
     * @param after exclusive lower end, or -1; never together with {@code before}
     * @param limit 1–200
     */
    record History(Long id, RoomName room, long before, long after, int limit) implements ClientFrame {
        private static final int DEFAULT_LIMIT = 50;
        private static final int LARGEST_LIMIT = 200;

        private static History of(RawFrame raw) {
            if (raw.before != null && raw.after != null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "before and after exclude each other");
            }
            long limit = raw.limit == null ? DEFAULT_LIMIT : raw.limit;
            if (limit < 1 || limit > LARGEST_LIMIT) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "limit must be from 1 to " + LARGEST_LIMIT);
            }
            return new History(
                    raw.id,
                    Type.room(raw),
                    raw.before == null ? 0 : raw.before,
                    raw.after == null ? -1 : raw.after,
                    (int) limit);
        }
    }

    record Members(Long id, RoomName room) implements ClientFrame {}

    record Leave(Long id, RoomName room) implements ClientFrame {}

    /**
     * A request in a room that is no valid frame. It is refused when the requests before it in that room have been answered.
     *
     * @param room null where none was given
     */
    record Unsound(Long id, RoomName room, BadFrameException why) implements ClientFrame {}

    record Ping(Long id) implements ClientFrame {}
}
