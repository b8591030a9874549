package io.roomcast.redis.topology;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The positions of rooms that were seen since each of the last marks of a {@link DataLineage}. Bounded: it drops the
 * oldest, and remembers that it did. Any thread.
 */
final class SeenPositions {
    private static final int MAX_MARKS = 60;
    private static final int MAX_ROOMS = 50_000;

    private record Since(long mark, Map<RoomName, Position> rooms) {}

    /** Oldest first. Each has rooms, except perhaps the last. */
    private final ArrayDeque<Since> marks = new ArrayDeque<>();

    private int rooms;
    /** The last mark whose positions were dropped. */
    private long dropped = -1;

    SeenPositions() {
        marks.add(new Since(0, new HashMap<>()));
    }

    /** A message was seen at this position. */
    synchronized void note(RoomName room, Position position) {
        Map<RoomName, Position> latest = marks.getLast().rooms();
        int before = latest.size();
        latest.merge(room, position, SeenPositions::later);
        rooms += latest.size() - before;
    }

    static Position later(Position known, Position next) {
        return known.epoch().equals(next.epoch()) && known.offset() > next.offset() ? known : next;
    }

    /** A new mark is about to be written: the positions so far were seen before it. */
    synchronized void mark(long mark) {
        if (marks.getLast().rooms().isEmpty()) {
            marks.removeLast();
        }
        marks.add(new Since(mark, new HashMap<>()));
        while (marks.size() > MAX_MARKS || rooms > MAX_ROOMS) {
            Since oldest = marks.removeFirst();
            rooms -= oldest.rooms().size();
            dropped = oldest.mark();
        }
    }

    /** The positions that were seen since a mark, or null if some of them were dropped. */
    synchronized Map<RoomName, Position> since(long mark) {
        if (dropped >= mark) {
            return null;
        }
        Map<RoomName, Position> found = new HashMap<>();
        for (Since since : marks) {
            if (since.mark() >= mark) {
                since.rooms().forEach((room, position) -> found.merge(room, position, SeenPositions::later));
            }
        }
        return found;
    }
}
