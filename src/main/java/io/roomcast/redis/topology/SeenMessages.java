package io.roomcast.redis.topology;

import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.SeenMessage;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The messages that this node has seen since the last marks of a {@link DataLineage}. Each mark begins a segment. A
 * segment holds, for each room, the last message that was seen while the segment was the newest. To bound memory, the
 * oldest segments are dropped. The mark of the last dropped segment is remembered. Any thread may call.
 */
final class SeenMessages {
    private static final int MAX_MARKS = 60;
    private static final int MAX_ROOMS = 50_000;

    /** The last message of each room that was seen between this mark and the next one. */
    private record MarkSegment(long mark, Map<RoomName, SeenMessage> rooms) {}

    /** Oldest first, never empty. Only the last segment may have no rooms. */
    private final ArrayDeque<MarkSegment> segments = new ArrayDeque<>();

    /** The sum of the rooms of all segments. */
    private int roomCount;
    /** The mark of the last segment that was dropped; -1 if none was. */
    private long lastDroppedMark = -1;

    SeenMessages() {
        segments.add(new MarkSegment(0, new HashMap<>()));
    }

    /** Notes that this node has seen the message. */
    synchronized void note(RoomName room, SeenMessage message) {
        Map<RoomName, SeenMessage> latest = segments.getLast().rooms();
        int sizeBefore = latest.size();
        latest.merge(room, message, SeenMessage::later);
        roomCount += latest.size() - sizeBefore;
    }

    /** Must be called before a mark is written. The messages so far count as seen before the mark. */
    synchronized void startSegment(long mark) {
        if (segments.getLast().rooms().isEmpty()) {
            segments.removeLast();
        }
        segments.add(new MarkSegment(mark, new HashMap<>()));
        while (segments.size() > MAX_MARKS || roomCount > MAX_ROOMS) {
            MarkSegment oldest = segments.removeFirst();
            roomCount -= oldest.rooms().size();
            lastDroppedMark = oldest.mark();
        }
    }

    /** The last message of each room that was seen since the mark, or null if some of them were dropped. */
    synchronized Map<RoomName, SeenMessage> seenSince(long mark) {
        if (lastDroppedMark >= mark) {
            return null;
        }
        Map<RoomName, SeenMessage> found = new HashMap<>();
        for (MarkSegment segment : segments) {
            if (segment.mark() >= mark) {
                segment.rooms().forEach((room, message) -> found.merge(room, message, SeenMessage::later));
            }
        }
        return found;
    }
}
