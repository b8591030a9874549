package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Who is in which room, across nodes. A user may be in a room by several sessions and counts once. Any thread may call; nothing blocks;
 * stages complete on any thread, and fail with {@link RelayUnavailableException}. Every implementation promises, and {@code
 * PresenceContractTest} checks:
 *
 * <ul>
 *   <li><b>Told where it is decided.</b> Each coming and going gives the room its next revision, and is told with it, in one step, to every
 *       node that watches the room: in one order, each once.
 *   <li><b>A miss is noticed.</b> A change names the revision before it. A node that missed one, or could have, reads the roster and is told
 *       the difference; see {@link PresenceFold}.
 *   <li><b>Nothing comes late.</b> A node's users are in the room under its lease. What was put out with a lease cannot come in under it again.
 *   <li><b>It puts itself right.</b> What a failed call asked for takes effect when the store can be reached again, and what others did to the
 *       store is found out: within seconds the roster is that of the sessions that nodes have.
 * </ul>
 */
public interface PresenceStore extends AutoCloseable {

    /**
     * Names who is told of what happens in rooms that are watched. Called once, before any other method.
     *
     * @param names users of the largest room that is told by name; of larger ones only how many there are
     */
    void start(PresenceListener listener, int names);

    /** Takes this node's sessions out, and lets nothing in any more. To be closed before the relay that goes with it. */
    @Override
    void close();

    /**
     * What came of a call.
     *
     * @param changed whether the user was not in the room before, or is not any more
     * @param count of users in the room now
     * @param revision of the room now; grows with every change, whatever becomes of the store
     */
    record Change(boolean changed, long count, long revision) {}

    /**
     * Who is in a room.
     *
     * @param users sorted; may be cut off at the limit that was asked for, {@code count} is not
     * @param origin revision at which the first of them came: with another one, everybody had left meanwhile, or the store had lost them
     */
    record Roster(long count, List<UserName> users, long revision, long origin) {}

    /**
     * The listener is told who is in the room, and then of each change, until {@link #unwatch}.
     *
     * @return completes when it has been told who is there: it hears of everything that is asked for later. When it fails, the room is
     *     to be given up.
     */
    CompletionStage<Void> watch(RoomName room);

    /** To be called once for each {@link #watch}, and after it. */
    void unwatch(RoomName room);

    /** Enters a session; entering it again changes nothing. */
    CompletionStage<Change> enter(RoomName room, UserName user, String session);

    CompletionStage<Change> leave(RoomName room, UserName user, String session);

    /** @param limit of names */
    CompletionStage<Roster> roster(RoomName room, int limit);
}
