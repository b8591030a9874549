package io.roomcast.protocol;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A request of a client. Its names and numbers are valid; the service decides whether it is permitted. {@code id} is
 * null if the client gave none. {@code room} is null if the client gave none. The service then takes the room in the
 * URL of the connection, or refuses the frame if the URL names no room.
 */
public sealed interface ClientFrame {

    /**
     * The types of frames, and how each is read. A new type needs a line here, a record below, and a branch in
     * {@code RoomService}.
     */
    enum Type {
        HELLO(false, raw -> new Hello(raw.id, raw.user == null ? null : new UserId(raw.user), raw.token)),
        REFRESH(false, raw -> new Refresh(raw.id, raw.token)),
        JOIN(true, raw -> raw.rooms == null ? Join.of(raw) : Joins.of(raw)),
        PUBLISH(true, raw -> raw.messages == null ? Publish.of(raw) : PublishAll.of(raw)),
        SIGNAL(true, raw -> new Signal(raw.id, room(raw), Signal.checkedSignal(raw.signal), raw.checkedContent())),
        HISTORY(true, History::of),
        SEARCH(false, Search::of),
        MEMBERS(true, raw -> new Members(raw.id, room(raw))),
        LEAVE(true, raw -> new Leave(raw.id, room(raw))),
        REMOVE(true, raw -> new Remove(raw.id, room(raw), Remove.checkedUser(raw.user))),
        PING(false, raw -> new Ping(raw.id));

        private static final Map<String, Type> BY_NAME =
                Stream.of(values()).collect(Collectors.toUnmodifiableMap(Type::wire, type -> type));

        private final boolean isInRoom;
        private final Function<RawFrame, ClientFrame> reader;

        /** @param isInRoom whether a frame of this type is a request in a room */
        Type(boolean isInRoom, Function<RawFrame, ClientFrame> reader) {
            this.isInRoom = isInRoom;
            this.reader = reader;
        }

        /**
         * The type of a frame; a frame without a type is a publish.
         *
         * @return null for an unknown type
         */
        static Type of(RawFrame raw) {
            return raw.type == null ? PUBLISH : BY_NAME.get(raw.type);
        }

        /** The type as clients write it, for example {@code publish}. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isInRoom() {
            return isInRoom;
        }

        /** @throws ProtocolException if a property is missing or has an invalid value */
        ClientFrame read(RawFrame raw) {
            return reader.apply(raw);
        }

        /**
         * @return null if the frame names no room
         * @throws ProtocolException if the room's name is not valid
         */
        static RoomName room(RawFrame raw) {
            return raw.room == null ? null : new RoomName(raw.room);
        }
    }

    /** The client's number for this request, or null. */
    Long id();

    /** Approximate bytes of memory that the frame takes until it is answered. */
    default long bytes() {
        return 0;
    }

    /** @param token null if none was given; never printed */
    record Hello(Long id, UserId user, String token) implements ClientFrame {
        @Override
        public long bytes() {
            return token == null ? 0 : token.length();
        }

        @Override
        public String toString() {
            return "Hello[id=" + id + ", user=" + user + "]";
        }
    }

    /** @param token a newer token for the session's user, or null; never printed */
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

    /**
     * @param since the last position that the client has, or null
     * @param present whether the members are told of the user, and the user is counted among those in the room
     */
    record Join(Long id, RoomName room, Position since, boolean present) implements ClientFrame {
        private static Join of(RawFrame raw) {
            return new Join(raw.id, Type.room(raw), raw.since(), raw.presence == null || raw.presence);
        }

        /** The same join of this room. */
        public Join in(RoomName other) {
            return new Join(id, other, since, present);
        }
    }

    /**
     * Joins of several rooms in one frame. Each is served and answered as if it had come alone.
     *
     * @param each a {@link Join} or {@link Invalid} for each room, in the order of the frame; the rooms differ
     */
    record Joins(Long id, List<ClientFrame> each) implements ClientFrame {
        /** Approximate bytes of memory of an element, besides the name of its room. */
        private static final int ELEMENT_BYTES = 128;

        private static Joins of(RawFrame raw) {
            if (raw.room != null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "room and rooms exclude each other");
            }
            if (raw.since != null || raw.presence != null) {
                throw new ProtocolException(
                        ErrorCode.BAD_REQUEST, "since and presence belong into the elements of rooms");
            }
            if (raw.rooms.isEmpty()) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "rooms is empty");
            }
            List<ClientFrame> each =
                    raw.rooms.stream().map(element -> join(element, raw.id)).toList();
            Set<RoomName> rooms = new HashSet<>();
            for (ClientFrame frame : each) {
                if (frame instanceof Join join && !rooms.add(join.room())) {
                    throw new ProtocolException(ErrorCode.BAD_REQUEST, "rooms has the room " + join.room() + " twice");
                }
            }
            return new Joins(raw.id, each);
        }

        /** @param id the number of the frame, which an element without one has, too */
        private static ClientFrame join(RawFrame element, Long id) {
            element.id = element.id == null ? id : element.id;
            try {
                if (element.defect != null) {
                    throw element.defect;
                }
                if (element.room == null) {
                    throw new ProtocolException(ErrorCode.BAD_REQUEST, "room is missing");
                }
                return Join.of(element);
            } catch (ProtocolException e) {
                BadFrameException bad = ClientFrameReader.badFrame(element, e);
                return new Invalid(element.id, bad.room(), bad);
            }
        }

        @Override
        public long bytes() {
            return each.stream()
                    .mapToLong(frame -> ELEMENT_BYTES
                            + (frame instanceof Join join ? join.room().value().length() : 0))
                    .sum();
        }
    }

    /** @param idempotencyKey the message's key, so that a repeated publish is stored once; or null */
    record Publish(Long id, RoomName room, String idempotencyKey, Payload payload) implements ClientFrame {
        private static Publish of(RawFrame raw) {
            return new Publish(
                    raw.id, Type.room(raw), IdempotencyKey.checked(raw.idempotencyKey), raw.checkedPayload());
        }

        @Override
        public long bytes() {
            return payload.heldBytes();
        }
    }

    /**
     * Several messages of one publish, in the order in which they are stored.
     *
     * @param given how many the client has sent
     * @param messages the first of them, which are valid; at least one
     * @param refusal why the next one is not valid; null if all are
     */
    record PublishAll(Long id, RoomName room, int given, List<NewMessage> messages, ProtocolException refusal)
            implements ClientFrame {
        /** Approximate bytes of memory that a message takes besides its text. */
        private static final int MESSAGE_BYTES = 150;

        static PublishAll of(RawFrame raw) {
            if (raw.content != null || raw.dataEnd != 0 || raw.meta != null || raw.idempotencyKey != null) {
                throw new ProtocolException(
                        ErrorCode.BAD_REQUEST, "messages excludes content, data, meta and idempotencyKey");
            }
            if (raw.messages.isEmpty()) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "messages is empty");
            }
            RoomName room = Type.room(raw);
            List<NewMessage> valid = new ArrayList<>(raw.messages.size());
            ProtocolException refusal = null;
            for (RawFrame message : raw.messages) {
                try {
                    valid.add(NewMessage.of(message));
                } catch (ProtocolException e) {
                    refusal = e;
                    break;
                }
            }
            if (valid.isEmpty()) {
                throw refusal;
            }
            return new PublishAll(raw.id, room, raw.messageCount, valid, refusal);
        }

        /** Whether a message has a key, so that its publisher waits for an answer. */
        public boolean hasKeys() {
            return messages.stream().anyMatch(message -> message.idempotencyKey() != null);
        }

        @Override
        public long bytes() {
            return messages.stream()
                    .mapToLong(message -> MESSAGE_BYTES + message.payload().heldBytes())
                    .sum();
        }
    }

    /**
     * @param signal what the signal says, such as {@code typing}
     * @param content null if none was given
     */
    record Signal(Long id, RoomName room, String signal, Content content) implements ClientFrame {
        private static final int MAX_LENGTH = 64;

        private static String checkedSignal(String signal) {
            if (signal == null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "signal is missing");
            } else if (signal.isEmpty()) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "signal is empty");
            } else if (signal.length() > MAX_LENGTH) {
                throw new ProtocolException(ErrorCode.TOO_LARGE, "signal has over " + MAX_LENGTH + " characters");
            }
            Text.checkedUtf8Length("signal", signal);
            return signal;
        }

        @Override
        public long bytes() {
            return content == null ? 0 : content.bytes();
        }
    }

    /**
     * A request for a page of messages.
     *
     * @param before the position before which the page ends; null for no such bound
     * @param after the position after which the page begins; null for no such bound, and if {@code before} was given
     * @param limit most messages of the page, 1–200
     */
    record History(Long id, RoomName room, Position before, Position after, int limit) implements ClientFrame {
        private static final int DEFAULT_LIMIT = 50;
        private static final int MAX_LIMIT = 200;

        private static History of(RawFrame raw) {
            if (raw.before != null && raw.after != null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "before and after exclude each other");
            }
            long limit = raw.limit == null ? DEFAULT_LIMIT : raw.limit;
            if (limit < 1 || limit > MAX_LIMIT) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "limit must be from 1 to " + MAX_LIMIT);
            }
            return new History(raw.id, Type.room(raw), raw.before(), raw.after(), (int) limit);
        }
    }

    /**
     * A request for messages with some words.
     *
     * @param text the words
     * @param rooms where to look; empty for all rooms of the session
     * @param user who has published; null for everybody
     * @param from the earliest time, in milliseconds since 1970 UTC
     * @param to the time before which messages must be
     * @param cursor where the page begins; 0 for the newest
     * @param limit most messages of the page, 1–100
     */
    record Search(
            Long id, SearchTerms text, List<RoomName> rooms, UserId user, long from, long to, long cursor, int limit)
            implements ClientFrame {
        public static final int DEFAULT_LIMIT = 20;
        public static final int MAX_LIMIT = 100;

        private static Search of(RawFrame raw) {
            if (raw.search.defect != null) {
                throw raw.search.defect;
            }
            if (raw.room != null && raw.rooms != null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "room and rooms exclude each other");
            }
            Set<RoomName> rooms = new LinkedHashSet<>();
            if (raw.room != null) {
                rooms.add(new RoomName(raw.room));
            } else if (raw.rooms != null) {
                raw.rooms.forEach(element -> rooms.add(named(element)));
                if (rooms.isEmpty()) {
                    throw new ProtocolException(ErrorCode.BAD_REQUEST, "rooms is empty");
                }
            }
            long limit = raw.limit == null ? DEFAULT_LIMIT : raw.limit;
            if (limit < 1 || limit > MAX_LIMIT) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "limit must be from 1 to " + MAX_LIMIT);
            }
            return new Search(
                    raw.id,
                    SearchTerms.parse(raw.search.text),
                    List.copyOf(rooms),
                    raw.user == null ? null : new UserId(raw.user),
                    raw.search.from == null ? 0 : raw.search.from,
                    raw.search.to == null ? Long.MAX_VALUE : raw.search.to,
                    SearchPage.cursor(raw.search.cursor),
                    (int) limit);
        }

        private static RoomName named(RawFrame element) {
            if (element.room == null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "rooms must have the names of rooms");
            }
            return new RoomName(element.room);
        }

        @Override
        public long bytes() {
            return 64L * rooms.size();
        }
    }

    record Members(Long id, RoomName room) implements ClientFrame {}

    record Leave(Long id, RoomName room) implements ClientFrame {}

    /** @param user the user who is taken out of the room */
    record Remove(Long id, RoomName room, UserId user) implements ClientFrame {
        private static UserId checkedUser(String user) {
            if (user == null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "user is missing");
            }
            return new UserId(user);
        }
    }

    /**
     * A request in a room that is not a valid frame. The service refuses it when the earlier requests in the room have
     * been answered.
     *
     * @param room null if none was given
     */
    record Invalid(Long id, RoomName room, BadFrameException why) implements ClientFrame {}

    record Ping(Long id) implements ClientFrame {}
}
