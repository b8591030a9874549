package io.roomcast.redis.topology;

import io.roomcast.cursor.SeenMessage;
import io.roomcast.protocol.RoomName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The messages that this node has seen since the last marks of a {@link DataLineage}. Each mark begins a segment. A
 * segment holds, for each epoch of a room, the last message that was seen while the segment was the newest. An epoch
 * that has ended counts, too: Redis may come back a second time with data in which the epoch has not ended. To bound
 * memory, the oldest segments are dropped. The mark of the last dropped segment is remembered. Any thread may call.
 */
final class SeenMessages {
    private static final int MAX_MARKS = 60;
    private static final int MAX_EPOCHS = 50_000;

    /** One numbering of one room. */
    record RoomEpoch(RoomName room, String epoch) {
        static RoomEpoch of(RoomName room, SeenMessage message) {
            return new RoomEpoch(room, message.position().epoch());
        }
    }

    /** The last message of each epoch that was seen between this mark and the next one. */
    private record MarkSegment(long mark, Map<RoomEpoch, SeenMessage> epochs) {}

    /** Oldest first, never empty. Only the last segment may have no epochs. */
    private final ArrayDeque<MarkSegment> segments = new ArrayDeque<>();

    /** The sum of the epochs of all segments. */
    private int epochCount;
    /** The mark of the last segment that was dropped; -1 if none was. */
    private long lastDroppedMark = -1;

    SeenMessages() {
        segments.add(new MarkSegment(0, new HashMap<>()));
    }

    /** Notes that this node has seen the message. */
    synchronized void note(RoomName room, SeenMessage message) {
        Map<RoomEpoch, SeenMessage> latest = segments.getLast().epochs();
        int sizeBefore = latest.size();
        latest.merge(RoomEpoch.of(room, message), message, SeenMessage::later);
        epochCount += latest.size() - sizeBefore;
    }

    /** Must be called before a mark is written. The messages so far count as seen before the mark. */
    synchronized void startSegment(long mark) {
        if (segments.getLast().epochs().isEmpty()) {
            segments.removeLast();
        }
        segments.add(new MarkSegment(mark, new HashMap<>()));
        while (segments.size() > MAX_MARKS || epochCount > MAX_EPOCHS) {
            MarkSegment oldest = segments.removeFirst();
            epochCount -= oldest.epochs().size();
            lastDroppedMark = oldest.mark();
        }
    }

    /** The last message of each epoch that was seen since the mark, or null if some of them were dropped. */
    synchronized Map<RoomEpoch, SeenMessage> seenSince(long mark) {
        if (lastDroppedMark >= mark) {
            return null;
        }
        Map<RoomEpoch, SeenMessage> found = new HashMap<>();
        for (MarkSegment segment : segments) {
            if (segment.mark() >= mark) {
                segment.epochs().forEach((epoch, message) -> found.merge(epoch, message, SeenMessage::later));
            }
        }
        return found;
    }
}
