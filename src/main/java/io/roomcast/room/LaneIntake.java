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
 * Passes the relay's messages on to a room's lane, bounded in bytes. When the lane is full, the intake leaves further
 * messages to the history, and the lane reads them there page by page, as fast as it can. The intake keeps the newest
 * messages meanwhile. When these follow directly on what was read, it passes messages on to the lane again. So a node
 * that is slower than the publishers holds a bounded amount. Its members still get every message that the history has.
 * For messages that the history no longer has, they get {@code behind}.
 *
 * <pre>
 *   DIRECT ──lane is full──▶ READING: the lane reads pages ──the newest messages follow──▶ DIRECT
 * </pre>
 *
 * <p><b>Concurrency.</b> The monitor guards {@code newest}, {@code last} and {@code resets}. The relay's thread and the
 * lane's take it, and nothing is sent or read inside it. {@code readNumber} is confined to the lane. A page is ignored
 * if it is not that of the latest read, or if the intake is direct again.
 */
final class LaneIntake {
    private static final int NEWEST_MESSAGES = 1_000;
    private static final long NEWEST_BYTES = 256 * 1024;

    private final RoomName room;
    private final RoomSource source;
    private final Lane<RoomEvent> lane;
    private final RoomMembers members;
    private final NodeMetrics metrics;

    /** The newest of the messages that are left to the history; null while the intake is direct. */
    private MessageLog newest;
    /** Offset of the last message that is left to the history. */
    private long last;
    /**
     * Number of resets that the lane has not handled yet. While it is not 0, {@code newest} does not continue the
     * messages that the lane has, since it begins after a reset.
     */
    private int resets;

    /** Number of the latest read. */
    private int readNumber;

    LaneIntake(RoomName room, RoomSource source, Lane<RoomEvent> lane, RoomMembers members, NodeMetrics metrics) {
        this.room = room;
        this.source = source;
        this.lane = lane;
        this.members = members;
        this.metrics = metrics;
    }

    /** Takes a message of the relay. Any thread, one at a time, in the order of offsets. */
    synchronized void deliver(StoredMessage message) {
        if (newest == null) {
            if (lane.offer(new RoomEvent.Deliver(message), message.body().length)) {
                return;
            }
            newest = new MessageLog(NEWEST_MESSAGES, NEWEST_BYTES);
            lane.post(new RoomEvent.IntakeFull());
        }
        newest.add(message);
        last = message.offset();
    }

    /** Drops the signal if the lane is full. */
    void signal(EncodedFrame frame) {
        if (!announce(frame, 0)) {
            metrics.add(Counter.NOTICES_DROPPED, members.size());
        }
    }

    /** @return false if the frame is dropped: the lane is full, or the intake is not direct */
    synchronized boolean announce(EncodedFrame frame, long revision) {
        return newest == null && lane.offer(new RoomEvent.Announce(frame, revision), frame.bytes());
    }

    /** The relay lost messages up to this position, or began a new epoch. */
    synchronized void reset(Position position) {
        if (newest != null) {
            newest.clear();
            last = position.offset();
        }
        resets++;
        lane.post(new RoomEvent.Reset(position));
    }

    /** The lane has reached the first message that was left to the history. On the lane. */
    void onIntakeFull() {
        metrics.increment(Counter.LANE_OVERFLOWS);
        readNextOrGoDirect();
    }

    /** The lane has handled a reset. On the lane. */
    void onResetHandled() {
        boolean reading;
        synchronized (this) {
            resets--;
            reading = newest != null;
        }
        if (reading) {
            readNextOrGoDirect();
        }
    }

    /** A page was read, or the read failed. On the lane. */
    void onPageRead(RoomEvent.IntakePage read) {
        Position at = members.position();
        HistoryPage page = read.page();
        if (read.read() != readNumber || page != null && !page.epoch().equals(at.epoch())) {
            return; // Another epoch: the relay will report a reset, after which the lane reads again.
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
        found.forEach(members::addToBatch);
        readNextOrGoDirect();
    }

    private void readNextOrGoDirect() {
        List<StoredMessage> rest = goDirect(members.position().offset());
        if (rest == null) {
            read();
        } else {
            readNumber++;
            rest.forEach(members::addToBatch);
        }
    }

    /**
     * @return the remaining messages, after which the intake is direct; null if messages before them have to be read
     *     first
     */
    private synchronized List<StoredMessage> goDirect(long offset) {
        if (newest == null) {
            return List.of(); // The handling of a reset has made the intake direct already.
        }
        if (resets > 0 || offset < last && !newest.reachesBackTo(offset)) {
            return null;
        }
        List<StoredMessage> rest = newest.after(offset, NEWEST_MESSAGES, Long.MAX_VALUE);
        newest = null;
        return rest;
    }

    private void read() {
        int number = ++readNumber;
        source.historyAfter(room, members.position().offset(), RoomSource.PAGE_MESSAGES)
                .whenComplete(
                        (page, failure) -> lane.post(new RoomEvent.IntakePage(number, failure == null ? page : null)));
    }
}
