package io.roomcast.archiver;

import io.roomcast.cursor.SeenMessage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Copies;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far rooms are copied. They are remembered as long as this node has copied them alone. Not thread-safe: for the
 * thread of the archiver.
 */
final class Heads {
    /** Rooms that are remembered: some megabytes. */
    private static final int MOST = 20_000;

    private final Copies copies;
    private final Map<RoomName, SeenMessage> known = bounded();
    /** What was known before it became uncertain. */
    private final Map<RoomName, SeenMessage> former = bounded();

    Heads(Copies copies) {
        this.copies = copies;
    }

    /** Asks the database for those that are not remembered. To be called before {@link #of}. */
    void load(Collection<RoomName> rooms) {
        List<RoomName> unknown =
                rooms.stream().filter(room -> !known.containsKey(room)).toList();
        if (!unknown.isEmpty()) {
            copies.heads(unknown)
                    .forEach((room, head) ->
                            known.put(room, SeenMessage.of(new Position(head.epoch(), head.offset()), null)));
        }
    }

    /** The last message that was copied, or is known to be lost; null if there is none. */
    SeenMessage of(RoomName room) {
        return known.get(room);
    }

    void copied(RoomName room, SeenMessage last) {
        known.put(room, last);
    }

    /** To be called when others may have copied, or when it is not known whether this node has. */
    void forget() {
        former.putAll(known);
        known.clear();
    }

    /** As {@link #of}, without the database: a message that was copied, but perhaps not the last one. */
    SeenMessage atLeast(RoomName room) {
        SeenMessage certain = known.get(room);
        return certain == null ? former.get(room) : certain;
    }

    /** Forgets what was used least. */
    private static Map<RoomName, SeenMessage> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<RoomName, SeenMessage> eldest) {
                return size() > MOST;
            }
        };
    }
}
