package io.roomcast.outbound;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.RoomName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What waits for one session, in order, and what is left of it when that becomes too much. Belongs to its queue, whose monitor guards it.
 *
 * <p>A slow consumer is spared in steps. First presence and signals go; where word of who came and went is dropped stands an {@link Unheard}. Then all messages go that can be had again from the history: in the place of
 * the first of each room stands a {@link Gap}, and as long as it waits, further messages of the room only make it wider. So a client that
 * reads nothing costs a few bytes for each room, and one that reads again is told once what to fetch, and gets what comes after.
 */
final class Backlog {
    /** Joining stops here, so that one large text does not sit in the container's buffers all at once. */
    private static final int JOIN_BYTES = 64 * 1024;

    private final boolean forgetful;
    private final OutboundBudget budget;
    private final NodeMetrics metrics;
    private ArrayDeque<QueueEntry> entries = new ArrayDeque<>(4);
    private long bytes;
    /** The last gap of each room that waits and can become wider; null when there is none. */
    private Map<RoomName, Gap> gaps;
    /** What tells of dropped notices of each room, and waits; null when there is none. */
    private Map<RoomName, Unheard> unheard;

    /** @param forgetful whether messages may be forgotten, since they can be had again */
    Backlog(boolean forgetful, OutboundBudget budget, NodeMetrics metrics) {
        this.budget = budget;
        this.forgetful = forgetful;
        this.metrics = metrics;
    }

    /** @return never {@code SEND} */
    OfferResult add(EncodedFrame frame) {
        if (gaps != null && forgottenToo(frame.range())) {
            return OfferResult.DROPPED;
        }
        long limit = budget.share(frame.kind());
        if (!fits(frame, limit)) {
            dropNotices();
            if (frame.kind().droppable()) {
                metrics.add(Counter.QUEUE_NOTICES_DROPPED, 1);
                drop(frame.notice(), entries);
                return OfferResult.DROPPED;
            }
        }
        if (!fits(frame, limit) && forgetful) {
            forgetMessages();
            if (frame.range() != null) {
                forget(frame.range(), entries);
                return OfferResult.DROPPED;
            }
        }
        if (!fits(frame, limit)) {
            return OfferResult.OVERFLOW;
        }
        entries.add(frame);
        bytes += frame.bytes();
        budget.enter(frame);
        return OfferResult.WAITS;
    }

    /** A frame that waits alone may have any size. */
    private boolean fits(EncodedFrame frame, long limit) {
        return limit == 0 || bytes == 0 && limit > OutboundBudget.NOTHING || bytes + frame.bytes() <= limit;
    }

    private void dropNotices() {
        int dropped = 0;
        ArrayDeque<QueueEntry> kept = new ArrayDeque<>(4);
        for (QueueEntry entry : entries) {
            if (entry instanceof EncodedFrame frame && frame.kind().droppable()) {
                leave(frame);
                drop(frame.notice(), kept);
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

    private void drop(Notice notice, ArrayDeque<QueueEntry> target) {
        if (notice == null) {
            return;
        }
        if (unheard == null) {
            unheard = new HashMap<>(4);
        }
        Unheard known = unheard.get(notice.room());
        if (known == null) {
            Unheard first = new Unheard(notice);
            unheard.put(notice.room(), first);
            target.add(first);
        } else {
            known.takeIn(notice);
        }
    }

    private void forgetMessages() {
        ArrayDeque<QueueEntry> kept = new ArrayDeque<>(4);
        for (QueueEntry entry : entries) {
            if (entry instanceof EncodedFrame frame && frame.range() != null) {
                leave(frame);
                forget(frame.range(), kept);
            } else {
                kept.add(entry);
            }
        }
        entries = kept;
    }

    private void forget(MessageRange range, ArrayDeque<QueueEntry> target) {
        if (forgottenToo(range)) {
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

    private boolean forgottenToo(MessageRange range) {
        Gap gap = range == null || gaps == null ? null : gaps.get(range.room());
        if (gap == null) {
            return false;
        }
        if (gap.takeIn(range)) {
            metrics.add(Counter.QUEUE_MESSAGES_FORGOTTEN, range.count());
            return true;
        }
        close(range.room());
        return false;
    }

    /** What is forgotten and dropped of this room from now on is told of after what waits now. */
    void close(RoomName room) {
        if (gaps != null) {
            gaps.remove(room);
        }
        if (unheard != null) {
            unheard.remove(room);
        }
    }

    /**
     * The next that may be sent as one.
     *
     * @param joining whether several may
     */
    QueueEntry take(boolean joining) {
        QueueEntry first = remove();
        if (!joining || entries.isEmpty()) {
            return first;
        }
        List<QueueEntry> parts = new ArrayList<>();
        parts.add(first);
        int length = bytesOf(first);
        while (!entries.isEmpty() && length + bytesOf(entries.peek()) <= JOIN_BYTES) {
            QueueEntry next = remove();
            parts.add(next);
            length += bytesOf(next) + 1;
        }
        return new QueueEntry.Joined(parts, length);
    }

    private QueueEntry remove() {
        QueueEntry entry = entries.remove();
        if (entry instanceof EncodedFrame frame) {
            leave(frame);
        } else if (entry instanceof Unheard) {
            unheard.values().remove(entry);
        } else if (gaps != null) {
            gaps.values().remove(entry);
        }
        if (entry instanceof Gap) {
            metrics.increment(Counter.QUEUE_BEHIND_SENT);
        }
        return entry;
    }

    private void leave(EncodedFrame frame) {
        bytes -= frame.bytes();
        budget.leave(frame);
    }

    /** Lets go of everything. */
    void clear() {
        for (QueueEntry entry : entries) {
            if (entry instanceof EncodedFrame frame) {
                leave(frame);
            }
        }
        entries.clear();
        gaps = null;
        unheard = null;
    }

    private static int bytesOf(QueueEntry entry) {
        return entry instanceof EncodedFrame frame ? frame.bytes() : 0;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Bytes of the frames that wait, in UTF-8. */
    long bytes() {
        return bytes;
    }
}
