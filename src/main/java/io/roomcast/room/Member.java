package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.protocol.Position;

/**
 * A session in a room. Each join makes a new member, which replaces an earlier one of the session when it is admitted.
 *
 * <p>The fields are confined to the room's lane. A <i>live</i> member has every message up to the lane's offset and
 * gets each batch. A member that is <i>catching up</i> has the messages up to {@code offset} and gets pages instead of
 * batches.
 */
public final class Member {
    private final OutboundQueue queue;
    private final boolean signals;
    private final Listener listener;

    boolean live;
    long offset;
    int index = -1;
    /** Whether the join has succeeded. From then on the member gets presence changes. */
    boolean joined;
    /** Revision of the last presence change that the room was sent before this member was admitted. */
    long announced;
    /** The position that the member asked to recover from. Null once the join is answered. */
    Position since;
    /** The member's permit while it catches up, else null. */
    ReplayPacer.Permit permit;
    /** The earlier member of the same session, until this one is admitted; or null. */
    private Member replaced;

    /** Receives the outcome of a join, and losses after it. Called on the room's lane; must not block. */
    public interface Listener {
        /** The member has joined. The messages that it missed follow after this call. */
        void joined(Position position, boolean recovered);

        /** The join failed: the relay cannot be reached. */
        void unavailable();

        /**
         * The messages from {@code from} to {@code position} are not delivered. Called once for each loss, after a
         * join.
         */
        void behind(long from, Position position);
    }

    /**
     * @param signals whether this member is sent signals
     * @param replaced the member that the session has in this room now, or null
     */
    public Member(OutboundQueue queue, boolean signals, Listener listener, Member replaced) {
        this.queue = queue;
        this.signals = signals;
        this.listener = listener;
        this.replaced = replaced;
    }

    /** @return the member that this one replaces, or null; null at each later call */
    Member takeReplaced() {
        Member before = replaced;
        replaced = null;
        return before;
    }

    /** Revision of the last presence change that the room was sent before this member was admitted. On the lane. */
    public long announced() {
        return announced;
    }

    boolean offer(EncodedFrame frame) {
        return queue.offer(frame);
    }

    OutboundQueue queue() {
        return queue;
    }

    boolean wantsSignals() {
        return signals;
    }

    Listener listener() {
        return listener;
    }
}
