package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.protocol.Position;
import java.util.function.BooleanSupplier;

/**
 * A session in a room. Each join makes a new member. When the join has succeeded, the new member replaces the earlier
 * member of the session.
 *
 * <p>The fields are confined to the room's lane. A <i>live</i> member has every message up to the lane's offset, and
 * gets each batch. A member that is <i>catching up</i> has the messages up to {@code offset}, and gets pages instead of
 * batches.
 */
public final class Member {
    private final OutboundQueue queue;
    private final Scope scope;
    private final Listener listener;

    /** Whether the member gets each batch. */
    boolean isLive;
    /** Offset of the last message that the member has. Used only while the member is not live. */
    long offset;
    /** Index in the list of {@link RoomMembers}; -1 before the join and after the leave. */
    int index = -1;
    /** Whether the join has succeeded, so that the member gets presence changes. */
    boolean hasJoined;
    /** Revision of the last presence change that the room was sent before this member's join succeeded. */
    long announcedRevision;
    /** The position from which the member asked to recover; null when the join is answered. */
    Position since;
    /** The member's permit while it catches up, else null. */
    ReplayPacer.Permit permit;
    /** The earlier member of the same session, until this member's join has succeeded; or null. */
    private Member replaced;

    /**
     * What a member is sent besides new messages.
     *
     * @param signals whether it is sent signals
     * @param missed whether it is sent the messages that it missed before it joined
     * @param presence whether it is sent presence changes now; called on the lane, often
     */
    public record Scope(boolean signals, boolean missed, BooleanSupplier presence) {
        /** Everything. */
        public static final Scope ALL = new Scope(true, true, () -> true);
    }

    /** Receives the outcome of a join, and later losses. Called on the room's lane; must not block. */
    public interface Listener {
        /** The member has joined. The messages that it missed follow after this call. */
        void joined(Position position, boolean recovered);

        /** The join failed, because the relay cannot be reached. */
        void unavailable();

        /**
         * The member does not get the messages from {@code from} to {@code position}, both included. Called once for
         * each loss, after {@link #joined}.
         */
        void behind(long from, Position position);
    }

    /**
     * @param replaced the member that the session has in this room now, or null
     */
    public Member(OutboundQueue queue, Scope scope, Listener listener, Member replaced) {
        this.queue = queue;
        this.scope = scope;
        this.listener = listener;
        this.replaced = replaced;
    }

    /**
     * Returns the member that this member replaces, and drops the reference to the replaced member.
     *
     * @return null if there is none, and at each later call
     */
    Member takeReplaced() {
        Member before = replaced;
        replaced = null;
        return before;
    }

    /** Revision of the last presence change that the room was sent before this member's join succeeded. On the lane. */
    public long announcedRevision() {
        return announcedRevision;
    }

    boolean offer(EncodedFrame frame) {
        return queue.offer(frame);
    }

    OutboundQueue queue() {
        return queue;
    }

    Scope scope() {
        return scope;
    }

    Listener listener() {
        return listener;
    }
}
