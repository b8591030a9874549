package io.roomcast.redis.topology;

import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.SeenMessage;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The last message that was seen in each room since each of the last marks of a {@link DataLineage}. Bounded: it drops
 * the oldest, and remembers that it did. Any thread.
 */
final class SeenMessages {
    private static final int MAX_MARKS = 60;
    private static final int MAX_ROOMS = 50_000;

    private record Since(long mark, Map<RoomName, SeenMessage> rooms) {}

    /** Oldest first. Each has rooms, except perhaps the last. */
    private final ArrayDeque<Since> marks = new ArrayDeque<>();

    private int rooms;
    /** The last mark whose messages were dropped. */
    private long dropped = -1;

    SeenMessages() {
        marks.add(new Since(0, new HashMap<>()));
    }

    /** A message was seen. */
    synchronized void note(RoomName room, SeenMessage message) {
        Map<RoomName, SeenMessage> latest = marks.getLast().rooms();
        int before = latest.size();
        latest.merge(room, message, SeenMessage::later);
        rooms += latest.size() - before;
    }

    /** A new mark is about to be written: the messages so far were seen before it. */
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

    /** The messages that were seen since a mark, or null if some of them were dropped. */
    synchronized Map<RoomName, SeenMessage> since(long mark) {
        if (dropped >= mark) {
            return null;
        }
        Map<RoomName, SeenMessage> found = new HashMap<>();
        for (Since since : marks) {
            if (since.mark() >= mark) {
                since.rooms().forEach((room, message) -> found.merge(room, message, SeenMessage::later));
            }
        }
        return found;
    }
}
