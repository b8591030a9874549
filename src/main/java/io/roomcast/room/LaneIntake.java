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
 * Passes the relay's messages to a room's lane, bounded in bytes. While the intake is <i>direct</i>, each message is
 * appended to the lane. When the lane is full, the intake is <i>reading</i>: it appends no further messages. Instead
 * the lane reads these messages from the history, page by page. Meanwhile the intake keeps the newest messages. When
 * the lane has read every message before the kept messages, it takes these, too, and the intake is direct again.
 *
 * <p>So a node that is slower than the publishers keeps a bounded number of bytes. Its members still get every message
 * that the history has. For messages that the history no longer has, they get {@code behind}.
 *
 * <pre>
 *   DIRECT ──lane is full──▶ READING: the lane reads pages ──the newest messages follow──▶ DIRECT
 * </pre>
 *
 * <p><b>Concurrency.</b> The monitor guards {@code newest}, {@code last} and {@code resets}. The relay's thread and the
 * thread of the lane enter the monitor. Nothing is sent or read inside the monitor. {@code readNumber} is confined to
 * the lane. The lane ignores the page of any read but the latest, and every page once the intake is direct again.
 */
final class LaneIntake {
    private static final int NEWEST_MESSAGES = 1_000;
    private static final long NEWEST_BYTES = 256 * 1024;

    private final RoomName room;
    private final RoomSource source;
    private final Lane<RoomEvent> lane;
    private final RoomMembers members;
    private final NodeMetrics metrics;

    /** The newest messages that are not in the lane; null while the intake is direct. */
    private MessageLog newest;
    /** Offset of the last message that is not in the lane. */
    private long last;
    /**
     * Number of resets that the lane has not handled yet. While this number is not 0, {@code newest} does not continue
     * the lane's messages, because {@code newest} begins after a reset.
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
        if (!offerNotice(frame, 0)) {
            metrics.add(Counter.NOTICES_DROPPED, members.size());
        }
    }

    /**
     * Appends a signal or a presence change to the lane.
     *
     * @param revision revision of the presence change; 0 for a signal
     * @return false if the frame is dropped, because the lane is full or the intake is not direct
     */
    synchronized boolean offerNotice(EncodedFrame frame, long revision) {
        return newest == null && lane.offer(new RoomEvent.SendNotice(frame, revision), frame.bytes());
    }

    /** Continues after this position, because the relay lost messages up to it, or began a new epoch. */
    synchronized void reset(Position position) {
        if (newest != null) {
            newest.clear();
            last = position.offset();
        }
        resets++;
        lane.post(new RoomEvent.Reset(position));
    }

    /** Begins to read, because the lane has handled all messages that were appended to it. On the lane. */
    void onIntakeFull() {
        metrics.increment(Counter.LANE_OVERFLOWS);
        readNextOrGoDirect();
    }

    /** Called when the lane has handled a reset. On the lane. */
    void onResetHandled() {
        boolean isReading;
        synchronized (this) {
            resets--;
            isReading = newest != null;
        }
        if (isReading) {
            readNextOrGoDirect();
        }
    }

    /** Called when a page was read, or when the read failed. On the lane. */
    void onPageRead(RoomEvent.IntakePage result) {
        Position at = members.position();
        HistoryPage page = result.page();
        if (result.number() != readNumber || page != null && !page.epoch().equals(at.epoch())) {
            return; // In another epoch, the relay will report a reset, after which the lane reads again.
        }
        List<StoredMessage> found = page == null ? List.of() : page.messages();
        long lastUnavailable;
        synchronized (this) {
            if (resets > 0) {
                return;
            }
            lastUnavailable =
                    found.isEmpty() ? lastBeforeNewest() : found.get(0).offset() - 1;
        }
        if (lastUnavailable > at.offset()) {
            members.reset(new Position(at.epoch(), lastUnavailable));
        }
        found.forEach(members::addToBatch);
        readNextOrGoDirect();
    }

    /** Offset before the first kept message. If no message is kept, the offset of the last message. */
    private long lastBeforeNewest() {
        return newest.size() > 0 ? newest.firstOffset() - 1 : last;
    }

    /** Makes the intake direct if the kept messages follow on the lane's position. Else reads the next page. */
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
     * Makes the intake direct, unless messages before the kept messages must be read first.
     *
     * @param offset the lane's offset
     * @return the kept messages after {@code offset}, or null if the intake is still reading
     */
    private synchronized List<StoredMessage> goDirect(long offset) {
        if (newest == null) {
            return List.of(); // The intake is direct already, since the lane handled a reset.
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
        source.promisedHistoryAfter(room, members.position().offset(), RoomSource.PAGE_MESSAGES)
                .whenComplete(
                        (page, failure) -> lane.post(new RoomEvent.IntakePage(number, failure == null ? page : null)));
    }
}
