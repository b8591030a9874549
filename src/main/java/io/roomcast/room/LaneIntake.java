package io.roomcast.room;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.util.List;

/**
 * The way from the relay to a room's lane, bounded in bytes. When more would wait for the lane than may, what comes is left to the history, and the
 * lane reads it there page by page, as fast as it gets on. The newest messages are kept meanwhile: when they follow on what was read, all goes to
 * the lane again. So a node that is slower than those who publish on others holds a bounded amount, and its members still get every
 * message that the history has; of what it has not they are told.
 *
 * <pre>
 *   direct ──no room──▶ lagging: the lane reads pages ──the newest follow──▶ direct
 * </pre>
 *
 * <p><b>Concurrency.</b> The monitor guards {@code newest}, {@code last} and {@code resets}; the relay's thread and the lane's take it, and nothing
 * is sent or read within. {@code turn} is confined to the lane: the answer to any read but the latest is not used, and none once all goes to
 * the lane again.
 */
final class LaneIntake {
    private static final int PAGE_MESSAGES = 500;
    private static final int NEWEST_MESSAGES = 1_000;
    private static final long NEWEST_BYTES = 256 * 1024;

    private final RoomName room;
    private final RoomSource source;
    private final Lane<RoomEvent> lane;
    private final RoomMembers members;
    private final NodeMetrics metrics;

    /** Of what is left to the history, the end; null while all goes to the lane. */
    private MessageLog newest;
    /** Offset of the last message that is left to the history. */
    private long last;
    /** Those that are on their way to the lane: what is known here is of another epoch than what the lane knows, or behind a loss. */
    private int resets;

    /** Of the read whose answer is awaited. */
    private int turn;

    LaneIntake(RoomName room, RoomSource source, Lane<RoomEvent> lane, RoomMembers members, NodeMetrics metrics) {
        this.room = room;
        this.source = source;
        this.lane = lane;
        this.members = members;
        this.metrics = metrics;
    }

    /** From the relay, in the order of offsets. */
    synchronized void deliver(StoredMessage message) {
        if (newest == null) {
            if (lane.offer(new RoomEvent.Deliver(message), message.body().length)) {
                return;
            }
            newest = new MessageLog(NEWEST_MESSAGES, NEWEST_BYTES);
            lane.post(new RoomEvent.Lag());
        }
        newest.add(message);
        last = message.offset();
    }

    /** A signal; not worth a place where there is none for messages. */
    void signal(EncodedFrame frame) {
        if (!announce(frame, 0)) {
            metrics.add(Counter.NOTICES_DROPPED, members.size());
        }
    }

    /** @return false where there is no place for messages either */
    synchronized boolean announce(EncodedFrame frame, long revision) {
        return newest == null && lane.offer(new RoomEvent.Announce(frame, revision), frame.bytes());
    }

    /** The relay lost messages up to this position, or numbering began anew. */
    synchronized void reset(Position position) {
        if (newest != null) {
            newest.clear();
            last = position.offset();
        }
        resets++;
        lane.post(new RoomEvent.Reset(position));
    }

    /** What came after the lane's events is left to the history. On the lane. */
    void lag() {
        metrics.increment(Counter.LANE_OVERFLOWS);
        goOn();
    }

    /** The members have been told of a reset. On the lane. */
    void wasReset() {
        boolean lagging;
        synchronized (this) {
            resets--;
            lagging = newest != null;
        }
        if (lagging) {
            goOn();
        }
    }

    /** What was asked for has been read, or could not be. On the lane. */
    void page(RoomEvent.LagPage read) {
        Position at = members.position();
        HistoryPage page = read.page();
        if (read.turn() != turn || page != null && !page.epoch().equals(at.epoch())) {
            return; // Of another epoch: the relay is about to tell of a reset, after which the lane reads again.
        }
        List<StoredMessage> found = page == null ? List.of() : page.messages();
        long before;
        synchronized (this) {
            if (resets > 0) {
                return;
            }
            before = !found.isEmpty() ? found.get(0).offset() - 1 : newest.size() > 0 ? newest.firstOffset() - 1 : last;
        }
        if (before > at.offset()) {
            members.reset(new Position(at.epoch(), before));
        }
        found.forEach(members::deliver);
        goOn();
    }

    private void goOn() {
        List<StoredMessage> rest = rest(members.position().offset());
        if (rest == null) {
            read();
        } else {
            turn++;
            rest.forEach(members::deliver);
        }
    }

    /** @return the messages that follow, and then all goes to the lane again; or null when some are missing before them */
    private synchronized List<StoredMessage> rest(long offset) {
        if (newest == null) {
            return List.of(); // A reset that was posted before has got on to the end already.
        }
        if (resets > 0 || offset < last && !newest.reachesBackTo(offset)) {
            return null;
        }
        List<StoredMessage> rest = newest.after(offset, NEWEST_MESSAGES, Long.MAX_VALUE);
        newest = null;
        return rest;
    }

    private void read() {
        int asked = ++turn;
        source.historyAfter(room, members.position().offset(), PAGE_MESSAGES)
                .whenComplete(
                        (page, failure) -> lane.post(new RoomEvent.LagPage(asked, failure == null ? page : null)));
    }
}
