package io.roomcast.outbound;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame.Fallback;
import io.roomcast.outbound.OutboundQueue.OfferResult;
import io.roomcast.outbound.QueueEntry.DroppedPresence;
import io.roomcast.outbound.QueueEntry.Gap;
import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.RoomName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The frames that wait for one session, in order. Guarded by the monitor of its {@link OutboundQueue}.
 *
 * <p>When a frame does not fit, the backlog drops others in steps. First it drops presence changes and signals; a
 * {@link DroppedPresence} takes the place of presence changes. Then it drops the messages that can be fetched from the
 * history; a {@link Gap} takes the place of the first of each room, and further messages of the room extend it. A
 * frozen client costs a few bytes for each room. When it reads again it gets one {@code behind} for each room, and then
 * live messages.
 */
final class Backlog {
    /** Bound of one joined frame, so that the container never buffers more of it at once. */
    private static final int MAX_JOINED_BYTES = 64 * 1024;

    private final boolean mayDropMessages;
    private final OutboundBudget budget;
    private final NodeMetrics metrics;
    private ArrayDeque<QueueEntry> entries = new ArrayDeque<>(4);
    private long bytes;
    /** The gap of each room that further messages may extend; null if there is none. */
    private Map<RoomName, Gap> gaps;
    /** The entry of each room that further dropped presence changes extend; null if there is none. */
    private Map<RoomName, DroppedPresence> droppedPresence;

    /** @param mayDropMessages whether the client can fetch messages from a history */
    Backlog(boolean mayDropMessages, OutboundBudget budget, NodeMetrics metrics) {
        this.budget = budget;
        this.mayDropMessages = mayDropMessages;
        this.metrics = metrics;
    }

    /** @return {@code WAITS}, {@code DROPPED} or {@code OVERFLOW} */
    OfferResult add(EncodedFrame frame) {
        if (gaps != null && extendGap(frame.range())) {
            return OfferResult.DROPPED;
        }
        long limit = budget.share(frame.kind());
        if (!fits(frame, limit)) {
            dropNotices();
            if (frame.kind().isNotice()) {
                metrics.add(Counter.QUEUE_NOTICES_DROPPED, 1);
                addToDroppedPresence(frame.fallback(), entries);
                return OfferResult.DROPPED;
            }
        }
        if (!fits(frame, limit) && mayDropMessages) {
            dropMessages();
            if (frame.range() != null) {
                addToGap(frame.range(), entries);
                return OfferResult.DROPPED;
            }
        }
        if (!fits(frame, limit)) {
            return OfferResult.OVERFLOW;
        }
        entries.add(frame);
        bytes += frame.bytes();
        budget.reserve(frame);
        return OfferResult.WAITS;
    }

    /** A single waiting frame may have any size. */
    private boolean fits(EncodedFrame frame, long limit) {
        return limit == 0 || bytes == 0 && limit > OutboundBudget.NOTHING || bytes + frame.bytes() <= limit;
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
        DroppedPresence known = droppedPresence.get(fallback.room());
        if (known == null) {
            DroppedPresence first = new DroppedPresence(fallback);
            droppedPresence.put(fallback.room(), first);
            target.add(first);
        } else {
            known.extend(fallback);
        }
    }

    private void dropMessages() {
        ArrayDeque<QueueEntry> kept = new ArrayDeque<>(4);
        for (QueueEntry entry : entries) {
            if (entry instanceof EncodedFrame frame && frame.range() != null) {
                release(frame);
                addToGap(frame.range(), kept);
            } else {
                kept.add(entry);
            }
        }
        entries = kept;
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

    /** A gap of this room from now on is a new entry, behind the entries that wait now. */
    void separateGaps(RoomName room) {
        if (gaps != null) {
            gaps.remove(room);
        }
        if (droppedPresence != null) {
            droppedPresence.remove(room);
        }
    }

    /**
     * Takes the first entry, or as many as may be sent as one frame.
     *
     * @param mayJoin whether several may be sent as one
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
