package io.roomcast.room;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The members of a room and how far each has come. Confined to the room's lane, but for {@link #size()} and {@link #delivered()}.
 *
 * <p>Live members get every batch. A member that comes back with a position first gets what it missed, page by page, each when its
 * queue has sent the one before; batches pass it by meanwhile. Once it has everything up to the lane's offset it is live, and the next
 * batch follows without hole or overlap. So nothing is merged, and a slow reader costs no memory: the history is its buffer.
 */
final class RoomMembers {
    private final RoomName room;
    private final Recovery recovery;
    private final MessageLog recent;
    private final Batch batch = new Batch();
    private final List<Member> members = new ArrayList<>();
    private final NodeMetrics metrics;
    private final FanOut fanout;
    private volatile int size;
    private long deliveredHere;
    /** The same for other threads to read. */
    private volatile long delivered;

    private Position position;
    /** Up to this revision members have been told who came and went. */
    private long announced;

    RoomMembers(
            RoomName room,
            RoomSource source,
            RecentLimits limits,
            Consumer<RoomEvent> lane,
            ReplayPacer pace,
            NodeMetrics metrics,
            FanOut fanout) {
        this.room = room;
        this.metrics = metrics;
        this.fanout = fanout;
        this.recent = new MessageLog(limits.messages(), limits.bytes());
        this.recovery = new Recovery(room, source, recent, lane, this::letIn, pace, metrics);
    }

    int size() {
        return size;
    }

    long delivered() {
        return delivered;
    }

    void position(Position start) {
        position = start;
    }

    /** Up to where messages have been delivered here. */
    Position position() {
        return position;
    }

    void deliver(StoredMessage message) {
        if (message.offset() <= position.offset()) {
            return;
        }
        position = new Position(position.epoch(), message.offset());
        recent.add(message);
        recovery.forget();
        batch.add(message);
        if (batch.isFull()) {
            flush();
        }
    }

    /** Whether nothing that was delivered waits for a {@link #flush}. */
    boolean hasSentAll() {
        return batch.isEmpty();
    }

    /** Sends what was delivered to every live member, as one frame. */
    void flush() {
        if (batch.isEmpty()) {
            return;
        }
        long started = System.nanoTime();
        int messages = batch.messages();
        EncodedFrame frame = batch.take(room, position.epoch());
        int taken = 0;
        int refused = 0;
        fanout.begin(frame, members.size());
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            if (member.live) {
                if (fanout.offer(member.queue())) {
                    taken++;
                } else {
                    refused++;
                }
            }
        }
        fanout.end();
        metrics.fannedOut(messages, frame.bytes(), taken, refused, System.nanoTime() - started);
        deliveredHere += (long) messages * taken;
        delivered = deliveredHere;
        recovery.passed(position);
    }

    void announce(EncodedFrame frame, long revision) {
        flush();
        announced = Math.max(announced, revision);
        boolean signal = frame.kind() == FrameKind.SIGNAL;
        int dropped = 0;
        fanout.begin(frame, members.size());
        for (Member member : members) {
            boolean wants = signal ? member.live && member.wantsSignals() : member.in;
            if (wants && !fanout.offer(member.queue())) {
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
        recovery.start(member, since, position);
    }

    void catchUp(Member member, Recovery.Page shared) {
        flush();
        if (member.slot >= 0 && !member.live) {
            recovery.goOn(member, shared, position);
        }
    }

    void catchUpPage(RoomEvent.CatchUpPage read) {
        flush();
        use(read);
        recovery.answered(position);
    }

    void stands(Member member, Position relay) {
        flush();
        if (member.slot < 0) {
            return;
        }
        if (relay == null) {
            leave(member);
            member.listener().unavailable();
        } else {
            recovery.stands(member, relay, position);
        }
    }

    private void use(RoomEvent.CatchUpPage read) {
        Member member = read.member();
        if (member.slot < 0) {
            return;
        }
        if (read.page() == null && member.since != null) {
            leave(member);
            member.listener().unavailable();
        } else {
            recovery.page(read, position);
        }
    }

    void leave(Member member) {
        flush();
        if (member.slot < 0) {
            return;
        }
        Member last = members.remove(members.size() - 1);
        if (last != member) {
            members.set(member.slot, last);
            last.slot = member.slot;
        }
        member.slot = -1;
        recovery.end(member);
        size = members.size();
    }

    private void add(Member member) {
        member.slot = members.size();
        members.add(member);
        size = members.size();
    }

    private void letIn(Member member) {
        Member before = member.replaces();
        if (before != null) {
            leave(before);
        }
        member.in = true;
        member.announced = announced;
        member.queue().beginRoom(room);
    }

    void reset(Position next) {
        flush();
        boolean sameEpoch = next.epoch().equals(position.epoch());
        if (sameEpoch && next.offset() <= position.offset()) {
            return;
        }
        long from = sameEpoch ? position.offset() + 1 : 1;
        position = next;
        recent.clear();
        recovery.forget();
        for (Member member : members) {
            // One that catches up in the same epoch reads the history, and finds out by itself what is left.
            if (member.live || !sameEpoch && member.since == null) {
                recovery.goLive(member);
                member.listener().behind(from, next);
            }
        }
        recovery.passed(position);
    }
}
