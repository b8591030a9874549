package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.protocol.Position;

/**
 * A session in a room. Made for one join; a session that joins again gets a new one, which takes the place of the old when it is let in.
 *
 * <p>The fields are confined to the room's lane. A member is <i>live</i> when it has everything up to the lane's offset and gets
 * each batch; until then it is <i>catching up</i> at {@code offset}, and batches pass it by.
 */
public final class Member {
    private final OutboundQueue queue;
    private final boolean signals;
    private final Listener listener;

    boolean live;
    long offset;
    int slot = -1;
    /** Whether it was told that it is in: what is told to the room is told to it from then on. */
    boolean in;
    /** Up to this revision others had been told who came and went, when it was let in. */
    long announced;
    /** Where it says that it stood; null once it was told whether it gets all that it missed. */
    Position since;
    /** While it catches up, else null. */
    ReplayPacer.Turn turn;
    /** Of the same session, there until this one is let in; or null. */
    private Member replaced;

    /** What becomes of a join. Called once, on the room's lane; must not block. */
    public interface Listener {
        /** The member is in the room, and missed messages follow after this call. */
        void joined(Position position, boolean recovered);

        /** The room could not be reached. */
        void unavailable();

        /** Messages from {@code from} to {@code position} are not delivered; at most once for each loss, any time after a join. */
        void behind(long from, Position position);
    }

    /**
     * @param signals whether this member is sent signals at all
     * @param replaced the one that the session has in this room now, or null
     */
    public Member(OutboundQueue queue, boolean signals, Listener listener, Member replaced) {
        this.queue = queue;
        this.signals = signals;
        this.listener = listener;
        this.replaced = replaced;
    }

    /** @return the one whose place it takes, or null; only the first call tells */
    Member replaces() {
        Member before = replaced;
        replaced = null;
        return before;
    }

    /** Up to which revision others had been told who came and went, when it was let in. On the lane. */
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
