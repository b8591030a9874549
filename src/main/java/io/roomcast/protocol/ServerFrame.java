package io.roomcast.protocol;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import jakarta.json.bind.annotation.JsonbSubtype;
import jakarta.json.bind.annotation.JsonbTypeInfo;
import java.io.StringReader;
import java.util.List;
import java.util.Map;

/**
 * A frame from the server to one client, or to the members of a room. {@code message} and {@code history} frames have
 * no type here, because {@link MessageFrames} assembles them from stored bytes. A component that is null is left out of
 * the JSON. Most frames have {@code sender} and {@code content} only for plain clients; {@link #printable} adds these
 * two.
 */
@JsonbTypeInfo(
        key = "type",
        value = {
            @JsonbSubtype(alias = "welcome", type = ServerFrame.Welcome.class),
            @JsonbSubtype(alias = "refreshed", type = ServerFrame.Refreshed.class),
            @JsonbSubtype(alias = "joined", type = ServerFrame.Joined.class),
            @JsonbSubtype(alias = "ack", type = ServerFrame.Ack.class),
            @JsonbSubtype(alias = "members", type = ServerFrame.Members.class),
            @JsonbSubtype(alias = "presence", type = ServerFrame.Presence.class),
            @JsonbSubtype(alias = "signal", type = ServerFrame.Signal.class),
            @JsonbSubtype(alias = "left", type = ServerFrame.Left.class),
            @JsonbSubtype(alias = "removed", type = ServerFrame.Removed.class),
            @JsonbSubtype(alias = "pong", type = ServerFrame.Pong.class),
            @JsonbSubtype(alias = "behind", type = ServerFrame.Behind.class),
            @JsonbSubtype(alias = "draining", type = ServerFrame.Draining.class),
            @JsonbSubtype(alias = "error", type = ServerFrame.Error.class)
        })
public sealed interface ServerFrame {

    /**
     * The same frame with a {@code content} and {@code sender} that a plain client can print, if the frame has such a
     * form.
     *
     * @param urlRoom the room in the URL of the plain session, or null
     */
    default ServerFrame printable(String urlRoom) {
        return this;
    }

    private static Long knownAt(Position position) {
        return position.isProvable() ? position.at() : null;
    }

    /** A user among others. */
    @JsonbPropertyOrder({"id", "name", "info"})
    record Person(String id, String name, JsonObject info) {
        /** Kept, because the library looks for its provider each time. */
        private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());

        public static Person of(User user) {
            return new Person(user.id().value(), user.name(), info(user));
        }

        /** A user who is gone, without the info. */
        public static Person withoutInfo(User user) {
            return new Person(user.id().value(), user.name(), null);
        }

        /** What the user's {@code info} says; null for none. */
        public static JsonObject info(User user) {
            if (user.info() == null) {
                return null;
            }
            try (JsonReader reader = READERS.createReader(new StringReader(user.info()))) {
                return reader.readObject();
            } catch (JsonException e) {
                return null; // Somebody has written into the store of the relay.
            }
        }
    }

    /**
     * The limits that a client must not exceed: sizes in bytes, and the numbers of rooms, of messages of a publish and
     * of entries of meta.
     */
    record Limits(long frameBytes, long contentBytes, long rooms, long batch, long metaEntries, long metaBytes) {}

    /**
     * @param proven true if the id was verified, so that nobody else can have it; else null
     * @param session the id of the session
     * @param resume proves over HTTP that the session is the client's own; null on a WebSocket
     * @param expiresInMs milliseconds until the session needs another token, or null if it never does
     */
    record Welcome(
            Long id,
            String user,
            String name,
            JsonObject info,
            Boolean proven,
            String session,
            String resume,
            String node,
            long heartbeatMs,
            Limits limits,
            Long expiresInMs)
            implements ServerFrame {}

    record Refreshed(Long id, Long expiresInMs) implements ServerFrame {}

    /**
     * @param session the id of the session, if the URL of the connection names the room; else null
     * @param at {@code at} of the message at the offset, or null if it is not known
     * @param members number of users in the room; null if the room does not tell, or the user may not see it
     * @param revision of the presence that {@code members} counts; null if this is
     */
    record Joined(
            Long id,
            String room,
            String user,
            String name,
            String session,
            String epoch,
            long offset,
            Long at,
            boolean recovered,
            Long members,
            Long revision,
            String sender,
            String content)
            implements ServerFrame {

        public Joined(
                Long id,
                String room,
                String user,
                String name,
                String session,
                Position position,
                boolean recovered,
                Long members,
                Long revision) {
            this(
                    id,
                    room,
                    user,
                    name,
                    session,
                    position.epoch(),
                    position.offset(),
                    knownAt(position),
                    recovered,
                    members,
                    revision,
                    null,
                    null);
        }

        @Override
        public Joined printable(String urlRoom) {
            String text = "Welcome to " + room + ", " + name;
            return new Joined(
                    id,
                    room,
                    user,
                    name,
                    session,
                    epoch,
                    offset,
                    at,
                    recovered,
                    members,
                    revision,
                    UserId.SYSTEM,
                    text);
        }
    }

    /**
     * @param offset offset of the message, or of the last one that was stored of several; null for a signal
     * @param first offset of the first one; this and all below are null if the publish was of a single message
     * @param count how many of the messages are stored: the first ones
     * @param positions of the messages that are stored; null if each is one after the one before
     * @param error why the next message was not stored; null if all are
     */
    record Ack(
            Long id,
            String idempotencyKey,
            String room,
            String epoch,
            Long offset,
            Long first,
            Integer count,
            List<Place> positions,
            Refusal error)
            implements ServerFrame {

        public Ack(Long id, String idempotencyKey, String room, Position position) {
            this(id, idempotencyKey, room, position.epoch(), position.offset(), null, null, null, null);
        }

        /** The answer to a signal over HTTP, which has no position. */
        public static Ack ofSignal(Long id, String room) {
            return new Ack(id, null, room, null, null, null, null, null, null);
        }

        /** The answer to several messages, of which the first are stored. */
        public static Ack ofAll(Long id, String room, List<Position> stored, Refusal error) {
            Position first = stored.get(0);
            Position last = stored.get(stored.size() - 1);
            List<Place> positions = isRow(stored)
                    ? null
                    : stored.stream()
                            .map(each -> new Place(each.epoch(), each.offset()))
                            .toList();
            return new Ack(
                    id, null, room, last.epoch(), last.offset(), first.offset(), stored.size(), positions, error);
        }

        private static boolean isRow(List<Position> positions) {
            Position first = positions.get(0);
            for (int i = 1; i < positions.size(); i++) {
                Position each = positions.get(i);
                if (each.offset() != first.offset() + i || !each.epoch().equals(first.epoch())) {
                    return false;
                }
            }
            return true;
        }
    }

    /** A position in an {@code ack}. */
    record Place(String epoch, long offset) {}

    /** Why the rest of a publish was refused. */
    record Refusal(String code, String text, Long retryAfterMs) {
        public Refusal(ErrorCode code, String text, Long retryAfterMs) {
            this(code.wire(), text, retryAfterMs);
        }
    }

    record Members(Long id, String room, long count, List<Person> users) implements ServerFrame {}

    /**
     * @param renamed users who are shown in another way now, or null if there are none
     * @param revision grows with each change of the room's presence, in all nodes alike
     */
    record Presence(
            String room,
            List<Person> joined,
            List<Person> renamed,
            List<Person> left,
            long count,
            long revision,
            String sender,
            String content)
            implements ServerFrame {}

    /** @param name the name of the sender */
    record Signal(String room, String sender, String name, String signal, String content) implements ServerFrame {}

    record Left(Long id, String room) implements ServerFrame {}

    /** @param count number of sessions that were taken out of the room */
    record Removed(Long id, String room, String user, long count) implements ServerFrame {}

    record Pong(Long id) implements ServerFrame {}

    /** @param at {@code at} of the message at the offset, or null if it is not known */
    record Behind(String room, String epoch, long from, long offset, Long at, String sender, String content)
            implements ServerFrame {

        public Behind(String room, long from, Position position) {
            this(room, position.epoch(), from, position.offset(), knownAt(position), null, null);
        }

        @Override
        public Behind printable(String urlRoom) {
            return new Behind(room, epoch, from, offset, at, UserId.SYSTEM, "Some messages are missing here");
        }
    }

    record Draining(long reconnectAfterMs, String room, String sender, String content) implements ServerFrame {

        public Draining(long reconnectAfterMs) {
            this(reconnectAfterMs, null, null, null);
        }

        @Override
        public Draining printable(String urlRoom) {
            return new Draining(reconnectAfterMs, urlRoom, UserId.SYSTEM, "The server restarts; please reconnect");
        }
    }

    /** @param epoch epoch of the room's present position, whose offset follows; null unless the code says so */
    record Error(
            Long id,
            String idempotencyKey,
            String room,
            String code,
            String text,
            Long retryAfterMs,
            String epoch,
            Long offset,
            String sender,
            String content)
            implements ServerFrame {

        public Error(Long id, String idempotencyKey, String room, ErrorCode code, String text, Long retryAfterMs) {
            this(id, idempotencyKey, room, code.wire(), text, retryAfterMs, null, null, null, null);
        }

        /** The same error with the present position of the room. */
        public Error at(Position present) {
            return new Error(
                    id,
                    idempotencyKey,
                    room,
                    code,
                    text,
                    retryAfterMs,
                    present.epoch(),
                    present.offset(),
                    sender,
                    content);
        }

        @Override
        public Error printable(String urlRoom) {
            return new Error(
                    id,
                    idempotencyKey,
                    room == null ? urlRoom : room,
                    code,
                    text,
                    retryAfterMs,
                    epoch,
                    offset,
                    UserId.SYSTEM,
                    text);
        }
    }
}
