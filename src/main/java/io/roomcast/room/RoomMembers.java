package io.roomcast.room;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The members of a room, and the position of each. Confined to the room's lane, except for {@link #size()} and
 * {@link #delivered()}.
 *
 * <p>Live members get every batch. A member that returns with a position first gets the messages that it missed, page
 * by page. Each page is sent when the member's queue has sent the previous page. The member gets no batches meanwhile.
 * When the member has every message up to the lane's offset, it is live, and the next batch follows without a gap or an
 * overlap. So pages and batches need not be merged. A slow reader takes no memory for messages, because the history is
 * its buffer.
 */
final class RoomMembers {
    private final RoomName room;
    private final Recovery recovery;
    private final MessageLog recent;
    private final long recentMillis;
    private final Batch batch = new Batch();
    private final List<Member> members = new ArrayList<>();
    private final NodeMetrics metrics;
    private final FanOut fanout;
    private final LongSupplier nanoClock;
    private volatile int size;
    private long deliveredOnLane;
    /** A copy of {@link #deliveredOnLane} for other threads. */
    private volatile long delivered;

    /** Position of the last message in the batch or before it. Without proof while messages wait in the batch. */
    private Position position;
    /** The last message in the batch, or null. Not kept longer, because a room must not hold a message. */
    private StoredMessage lastInBatch;
    /** Revision of the last presence change that the members were sent. */
    private long announcedRevision;

    RoomMembers(
            RoomName room,
            RoomSource source,
            MessageLog.Limits limits,
            Consumer<RoomEvent> lane,
            ReplayPacer pacer,
            LongSupplier nanoClock,
            NodeMetrics metrics,
            FanOut fanout) {
        this.room = room;
        this.nanoClock = nanoClock;
        this.metrics = metrics;
        this.fanout = fanout;
        this.recent = new MessageLog(limits.messages(), limits.bytes());
        this.recentMillis = limits.ageMillis();
        this.recovery = new Recovery(room, source, recent, lane, this::markJoined, pacer, metrics);
    }

    int size() {
        return size;
    }

    long delivered() {
        return delivered;
    }

    /** Sets the position after which the deliveries begin. */
    void startAt(Position start) {
        position = start;
    }

    /** Position of the last message that was delivered. */
    Position position() {
        return position;
    }

    /** Adds the next message to the batch; {@link #flush} sends it. */
    void addToBatch(StoredMessage message) {
        if (message.offset() <= position.offset()) {
            return;
        }
        position = new Position(position.epoch(), message.offset());
        recent.add(message, millis());
        recovery.dropSharedPage();
        batch.add(message);
        lastInBatch = message;
        if (batch.isFull()) {
            flush();
        }
    }

    /** Erases the bodies of messages that are kept for recoveries, if they are of this epoch. */
    void erase(String epoch, List<Long> offsets) {
        if (position == null || !position.epoch().equals(epoch)) {
            return;
        }
        recovery.dropSharedPage();
        offsets.stream().filter(recent::has).forEach(offset -> {
            byte[] body = recent.after(offset - 1, 1, Long.MAX_VALUE).get(0).body();
            recent.replace(new StoredMessage(offset, MessageFrames.erased(room, body)));
        });
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong());
    }

    /** Forgets messages that the history has no more, before a member recovers. */
    private void forgetOldMessages() {
        recent.removeBefore(millis() - recentMillis);
    }

    /** Whether no message waits for {@link #flush}. */
    boolean batchIsEmpty() {
        return batch.isEmpty();
    }

    /** Sends the batch to every live member as one frame. */
    void flush() {
        if (batch.isEmpty()) {
            return;
        }
        long started = nanoClock.getAsLong();
        int messages = batch.messages();
        EncodedFrame frame = batch.take(room, position.epoch());
        position = new Position(position.epoch(), position.offset(), MessageFrames.at(lastInBatch.body()));
        lastInBatch = null;
        int taken = 0;
        int dropped = 0;
        fanout.begin(frame, members.size());
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            if (member.isLive) {
                if (fanout.offer(member.queue())) {
                    taken++;
                } else {
                    dropped++;
                }
            }
        }
        fanout.end();
        metrics.recordFanOut(messages, frame.bytes(), taken, dropped, nanoClock.getAsLong() - started);
        deliveredOnLane += (long) messages * taken;
        delivered = deliveredOnLane;
        recovery.onLaneAdvanced(position);
    }

    /**
     * Sends a notice. A signal goes to the live members that are sent signals. A presence change goes to those
     * members whose join has succeeded and who may see it.
     *
     * @param revision revision of the presence change; 0 for a signal
     */
    void sendNotice(EncodedFrame frame, long revision) {
        flush();
        announcedRevision = Math.max(announcedRevision, revision);
        boolean isSignal = frame.kind() == FrameKind.SIGNAL;
        int dropped = 0;
        fanout.begin(frame, members.size());
        for (Member member : members) {
            boolean isAddressed = isSignal
                    ? member.isLive && member.scope().signals()
                    : member.hasJoined && member.scope().presence().getAsBoolean();
            if (isAddressed && !fanout.offer(member.queue())) {
                dropped++;
            }
        }
        fanout.end();
        if (dropped > 0) {
            metrics.add(Counter.NOTICES_DROPPED, dropped);
        }
    }

    void join(Member member, Position since) {
        flush();
        add(member);
        forgetOldMessages();
        recovery.start(member, since, position);
    }

    void catchUp(Member member, Recovery.Page shared) {
        flush();
        if (member.index >= 0 && !member.isLive) {
            forgetOldMessages();
            recovery.advance(member, shared, position);
        }
    }

    void onCatchUpPage(RoomEvent.CatchUpPage result) {
        flush();
        usePage(result);
        recovery.startQueuedReads(position);
    }

    void onRelayPosition(RoomEvent.RelayPosition relay) {
        flush();
        Member member = relay.member();
        if (member.index < 0) {
            return;
        }
        if (relay.position() == null) {
            leave(member);
            member.listener().unavailable();
        } else {
            recovery.onRelayPosition(relay, position);
        }
    }

    private void usePage(RoomEvent.CatchUpPage result) {
        Member member = result.member();
        if (member.index < 0) {
            return;
        }
        HistoryPage page = result.page();
        forgetOldMessages();
        boolean isComparable = page != null && page.epoch().equals(position.epoch());
        if (!isComparable && recovery.serveWithoutProof(member, position)) {
            return;
        }
        if (page == null && member.since != null) {
            leave(member);
            member.listener().unavailable();
        } else {
            recovery.onPageRead(result, position);
        }
    }

    void leave(Member member) {
        flush();
        if (member.index < 0) {
            return;
        }
        Member last = members.remove(members.size() - 1);
        if (last != member) {
            members.set(member.index, last);
            last.index = member.index;
        }
        member.index = -1;
        recovery.stopCatchingUp(member);
        size = members.size();
    }

    private void add(Member member) {
        member.index = members.size();
        members.add(member);
        size = members.size();
    }

    private void markJoined(Member member) {
        Member before = member.takeReplaced();
        if (before != null) {
            leave(before);
        }
        member.hasJoined = true;
        member.announcedRevision = announcedRevision;
        member.queue().separateGaps(room);
    }

    /** Continues after {@code next}. Members learn which messages they do not get. */
    void reset(Position next) {
        flush();
        boolean isSameEpoch = next.epoch().equals(position.epoch());
        if (isSameEpoch && next.offset() <= position.offset()) {
            return;
        }
        long from = isSameEpoch ? position.offset() + 1 : 1;
        position = next;
        recent.clear();
        recovery.dropSharedPage();
        for (Member member : members) {
            // In the same epoch, the next read of the history detects the loss for a member that catches up.
            if (member.isLive || !isSameEpoch && member.since == null) {
                recovery.goLive(member);
                member.listener().behind(from, next);
            }
        }
        recovery.onLaneAdvanced(position);
    }
}
