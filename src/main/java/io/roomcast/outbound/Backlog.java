package io.roomcast.outbound;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame.Fallback;
import io.roomcast.outbound.QueueEntry.DroppedPresence;
import io.roomcast.outbound.QueueEntry.Gap;
import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.RoomName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The frames that wait for one session, in order. Guarded by the monitor of its {@link OutboundQueue}.
 *
 * <p>When a new frame does not fit, the backlog drops frames in steps, until the new frame fits or is dropped:
 *
 * <ol>
 *   <li>It drops the notices, which are presence changes and signals. A {@link DroppedPresence} replaces the presence
 *       changes of each room.
 *   <li>It drops the messages of rooms with a history, from which the client can fetch them. A {@link Gap} replaces
 *       the messages of each room. Later messages of the room extend the gap.
 *   <li>If the new frame still does not fit, the queue closes the connection.
 * </ol>
 *
 * <p>So a client that reads nothing costs a few bytes for each room. When the client reads again, it gets one
 * {@code behind} for each room, and then the current messages.
 */
final class Backlog {
    /** Most bytes of one joined frame, because the container buffers a whole frame at once. */
    private static final int MAX_JOINED_BYTES = 64 * 1024;

    private final Predicate<RoomName> mayDropMessages;
    private final OutboundBudget budget;
    private final NodeMetrics metrics;
    private ArrayDeque<QueueEntry> entries = new ArrayDeque<>(4);
    private long bytes;
    /** The gap of each room that later messages may extend; null if there is no gap. */
    private Map<RoomName, Gap> gaps;
    /** The entry of each room that later dropped presence changes extend; null if there is no such entry. */
    private Map<RoomName, DroppedPresence> droppedPresence;

    /** @param mayDropMessages whether the client can fetch messages of a room from its history */
    Backlog(Predicate<RoomName> mayDropMessages, OutboundBudget budget, NodeMetrics metrics) {
        this.budget = budget;
        this.mayDropMessages = mayDropMessages;
        this.metrics = metrics;
    }

    /**
     * @param others bytes that the session holds beside this backlog, and that count towards its share
     * @return {@code WAITS}, {@code DROPPED} or {@code OVERFLOW}
     */
    OfferResult add(EncodedFrame frame, int others) {
        if (gaps != null && extendGap(frame.range())) {
            return OfferResult.DROPPED;
        }
        long share = budget.share(frame.kind());
        long limit = share == 0 ? 0 : Math.max(OutboundBudget.EXHAUSTED, share - others);
        if (!fits(frame, limit)) {
            dropNotices();
            if (frame.kind().isNotice()) {
                metrics.add(Counter.QUEUE_NOTICES_DROPPED, 1);
                addToDroppedPresence(frame.fallback(), entries);
                return OfferResult.DROPPED;
            }
        }
        if (!fits(frame, limit)) {
            dropMessages();
            if (mayDrop(frame)) {
                addToGap(frame.range(), entries);
                return OfferResult.DROPPED;
            }
        }
        if (!fits(frame, limit)) {
            return OfferResult.OVERFLOW;
        }
        entries.add(frame);
        bytes += frame.bytes();
        budget.add(frame);
        return OfferResult.WAITS;
    }

    /**
     * Whether the frame is within the limit. If no frame waits, a frame of any size fits, unless the node's limit is
     * used up.
     */
    private boolean fits(EncodedFrame frame, long limit) {
        return limit == 0 || bytes == 0 && limit > OutboundBudget.EXHAUSTED || bytes + frame.bytes() <= limit;
    }

    private void dropNotices() {
        int dropped = 0;
        ArrayDeque<QueueEntry> kept = new ArrayDeque<>(4);
        for (QueueEntry entry : entries) {
            if (entry instanceof EncodedFrame frame && frame.kind().isNotice()) {
                release(frame);
                addToDroppedPresence(frame.fallback(), kept);
                dropped++;
            } else {
                kept.add(entry);
            }
        }
        if (dropped > 0) {
            entries = kept;
            metrics.add(Counter.QUEUE_NOTICES_DROPPED, dropped);
        }
    }

    private void addToDroppedPresence(Fallback fallback, ArrayDeque<QueueEntry> target) {
        if (fallback == null) {
            return;
        }
        if (droppedPresence == null) {
            droppedPresence = new HashMap<>(4);
        }
        DroppedPresence existing = droppedPresence.get(fallback.room());
        if (existing == null) {
            DroppedPresence first = new DroppedPresence(fallback);
            droppedPresence.put(fallback.room(), first);
            target.add(first);
        } else {
            existing.extend(fallback);
        }
    }

    private void dropMessages() {
        ArrayDeque<QueueEntry> kept = new ArrayDeque<>(4);
        for (QueueEntry entry : entries) {
            if (entry instanceof EncodedFrame frame && mayDrop(frame)) {
                release(frame);
                addToGap(frame.range(), kept);
            } else {
                kept.add(entry);
            }
        }
        entries = kept;
    }

    private boolean mayDrop(EncodedFrame frame) {
        return frame.range() != null && mayDropMessages.test(frame.range().room());
    }

    private void addToGap(MessageRange range, ArrayDeque<QueueEntry> target) {
        if (extendGap(range)) {
            return;
        }
        Gap gap = new Gap(range);
        target.add(gap);
        if (gaps == null) {
            gaps = new HashMap<>(4);
        }
        gaps.put(range.room(), gap);
        metrics.add(Counter.QUEUE_MESSAGES_FORGOTTEN, range.count());
    }

    private boolean extendGap(MessageRange range) {
        Gap gap = range == null || gaps == null ? null : gaps.get(range.room());
        if (gap == null) {
            return false;
        }
        if (gap.extend(range)) {
            metrics.add(Counter.QUEUE_MESSAGES_FORGOTTEN, range.count());
            return true;
        }
        separateGaps(range.room());
        return false;
    }

    /**
     * Ends the gap of this room. Messages that are dropped later make a new gap, behind the entries that wait now. The
     * same holds for dropped presence changes.
     */
    void separateGaps(RoomName room) {
        if (gaps != null) {
            gaps.remove(room);
        }
        if (droppedPresence != null) {
            droppedPresence.remove(room);
        }
    }

    /**
     * Takes the first entry, or as many entries as may be sent as one frame.
     *
     * @param mayJoin whether several entries may be sent as one frame
     */
    QueueEntry take(boolean mayJoin) {
        QueueEntry first = remove();
        if (!mayJoin || entries.isEmpty()) {
            return first;
        }
        List<QueueEntry> parts = new ArrayList<>();
        parts.add(first);
        int length = bytesOf(first);
        while (!entries.isEmpty() && length + bytesOf(entries.peek()) <= MAX_JOINED_BYTES) {
            QueueEntry next = remove();
            parts.add(next);
            length += bytesOf(next) + 1;
        }
        return new QueueEntry.Joined(parts, length);
    }

    private QueueEntry remove() {
        QueueEntry entry = entries.remove();
        if (entry instanceof EncodedFrame frame) {
            release(frame);
        } else if (entry instanceof DroppedPresence) {
            droppedPresence.values().remove(entry);
        } else if (gaps != null) {
            gaps.values().remove(entry);
        }
        if (entry instanceof Gap) {
            metrics.increment(Counter.QUEUE_BEHIND_SENT);
        }
        return entry;
    }

    private void release(EncodedFrame frame) {
        bytes -= frame.bytes();
        budget.release(frame);
    }

    /** Drops all entries. */
    void clear() {
        for (QueueEntry entry : entries) {
            if (entry instanceof EncodedFrame frame) {
                release(frame);
            }
        }
        entries.clear();
        gaps = null;
        droppedPresence = null;
    }

    private static int bytesOf(QueueEntry entry) {
        return entry instanceof EncodedFrame frame ? frame.bytes() : 0;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Bytes of the waiting frames, in UTF-8. */
    long bytes() {
        return bytes;
    }
}
