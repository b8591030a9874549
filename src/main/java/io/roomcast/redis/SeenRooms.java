package io.roomcast.redis;

import io.roomcast.protocol.RoomName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Where rooms were seen to stand since each of the last marks of a {@link Witness}. Bounded: the oldest are forgotten, and that is known.
 * Any thread.
 */
final class SeenRooms {
    private static final int MAX_MARKS = 60;
    private static final int MAX_ROOMS = 50_000;

    private record Since(long mark, Map<RoomName, Seen> rooms) {}

    /** Oldest first; but for the last, each has rooms. */
    private final ArrayDeque<Since> marks = new ArrayDeque<>();

    private int rooms;
    /** The last mark after which something was seen that is remembered no more. */
    private long forgotten = -1;

    SeenRooms() {
        marks.add(new Since(0, new HashMap<>()));
    }

    /** A message is known to have existed at a position. */
    synchronized void note(RoomName room, Seen message) {
        Map<RoomName, Seen> latest = marks.getLast().rooms();
        int before = latest.size();
        latest.merge(room, message, Seen::later);
        rooms += latest.size() - before;
    }

    /** A mark is about to be left: what was noted so far came before it. */
    synchronized void mark(long mark) {
        if (marks.getLast().rooms().isEmpty()) {
            marks.removeLast();
        }
        marks.add(new Since(mark, new HashMap<>()));
        while (marks.size() > MAX_MARKS || rooms > MAX_ROOMS) {
            Since oldest = marks.removeFirst();
            rooms -= oldest.rooms().size();
            forgotten = oldest.mark();
        }
    }

    /** What was seen since a mark; null where that is not remembered. */
    synchronized Map<RoomName, Seen> since(long mark) {
        if (forgotten >= mark) {
            return null;
        }
        Map<RoomName, Seen> found = new HashMap<>();
        for (Since since : marks) {
            if (since.mark() >= mark) {
                since.rooms().forEach((room, message) -> found.merge(room, message, Seen::later));
            }
        }
        return found;
    }
}
