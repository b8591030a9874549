package io.roomcast.http.rooms;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The positions of a client in its rooms, as the id of an event has them: a part for each room, joined by dots. A part is
 * {@code ROOM EPOCH OFFSET AT} in Base64. Used by one thread at a time.
 */
public final class EventPositions {
    private final Map<String, String> parts = new LinkedHashMap<>();

    /** Moves the client on in a room. */
    void set(String room, String epoch, long offset, long at) {
        String part = room + ' ' + epoch + ' ' + offset + ' ' + at;
        parts.put(room, Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(StandardCharsets.UTF_8)));
    }

    /** The id of an event. */
    String id() {
        return String.join(".", parts.values());
    }

    /** The number of rooms in the id of an event, as a client sent it; empty or null for none. */
    static int rooms(String id) {
        return id == null || id.isEmpty()
                ? 0
                : 1 + (int) id.chars().filter(c -> c == '.').count();
    }

    /**
     * Reads the id of an event. Its size must be checked before, with {@link #rooms}.
     *
     * @param id as a client sent it; empty or null for none
     * @return the position in each room
     * @throws ProtocolException {@code bad_request} if it is no id of an event
     */
    public static Map<RoomName, Position> read(String id) {
        Map<RoomName, Position> positions = new HashMap<>();
        if (id == null || id.isEmpty()) {
            return positions;
        }
        try {
            for (String part : id.split("\\.", -1)) {
                String[] fields =
                        new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8).split(" ", -1);
                if (fields.length != 4) {
                    throw new IllegalArgumentException("not four fields");
                }
                positions.put(
                        new RoomName(fields[0]),
                        new Position(fields[1], Long.parseLong(fields[2]), Long.parseLong(fields[3])));
            }
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST, "Last-Event-ID is not the id of an event of this server");
        }
        return positions;
    }
}
