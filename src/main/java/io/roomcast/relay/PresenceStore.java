package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Stores which users are in which room, across all nodes. A user with several sessions in a room counts once. Any
 * thread may call. No method blocks. Stages complete on any thread, and fail with {@link RelayUnavailableException}.
 * {@code PresenceContractTest} checks what every implementation guarantees:
 *
 * <ul>
 *   <li><b>Atomic changes in one order.</b> One atomic step stores a join or leave, gives the room its next revision,
 *       and publishes the change. Every node that watches the room receives each change once, in the same order.
 *   <li><b>Gaps are detected.</b> A change contains the revision before it. A node that may have missed a change reads
 *       the roster and reports the difference; see {@link PresenceFold}.
 *   <li><b>Late commands have no effect.</b> A node enters its users under its lease. After a lease was evicted, no
 *       user can enter under this lease.
 *   <li><b>Errors are repaired.</b> A call that failed takes effect once the store can be reached again. Changes to the
 *       store from outside are detected. Within seconds the roster matches the sessions of all nodes.
 * </ul>
 */
public interface PresenceStore extends AutoCloseable {

    /**
     * Sets the listener for the watched rooms. Called once, before any other method.
     *
     * @param maxNames most users of a room whose users are reported by name; for a larger room, only the number of
     *     users is reported
     */
    void start(PresenceListener listener, int maxNames);

    /**
     * Removes the sessions of this node from all rooms, and refuses new ones. Must be called before the relay of this
     * store is closed.
     */
    @Override
    void close();

    /**
     * The result of {@link #enter} or {@link #leave}, for their caller. All nodes learn of the change by a {@link
     * PresenceChange}.
     *
     * @param isRefused whether {@link #enter} found the room full, and changed nothing
     * @param changed whether the call added the user to the room, or removed the user from it
     * @param count number of users in the room after the call
     * @param revision revision of the room after the call, which grows with each change, even if the store has lost
     *     data
     */
    record UpdateResult(boolean isRefused, boolean changed, long count, long revision) {
        public UpdateResult(boolean changed, long count, long revision) {
            this(false, changed, count, revision);
        }

        /** @param count number of users in the room, which is full */
        public static UpdateResult refused(long count, long revision) {
            return new UpdateResult(true, false, count, revision);
        }
    }

    /**
     * The users in a room.
     *
     * @param count number of all users
     * @param users users in the order of their ids, at most as many as the caller asked for
     * @param origin revision at which the first user joined the empty room. If two rosters have different origins, the
     *     room was empty in between, or the store has lost its users.
     */
    record Roster(long count, List<User> users, long revision, long origin) {}

    /**
     * Reports the users of the room to the listener, and then each change, until {@link #unwatch}.
     *
     * @return completes when the listener has received the roster. The listener receives every change that is requested
     *     later. If the stage fails, the caller must unwatch the room.
     */
    CompletionStage<Void> watch(RoomName room);

    /** Ends a {@link #watch}. Must be called once after each {@code watch}, also after one that failed. */
    void unwatch(RoomName room);

    /**
     * Adds a session of the user to the room. Idempotent. If the user is in the room already, the user is shown as this
     * call says from now on: ids decide who is in the room, and the newest name is shown.
     */
    default CompletionStage<UpdateResult> enter(RoomName room, User user, String session) {
        return enter(room, user, session, 0);
    }

    /**
     * As {@link #enter(RoomName, User, String)}, if there is a place for the user. Whoever is in the room already has
     * one. Looking for a place and taking it is one atomic step, so nobody is told of a user who is refused.
     *
     * @param maxUsers most users of the room; 0 for no limit
     * @return if a call with a limit fails, the user may be in the room or not. The caller must call {@code enter}
     *     again, or {@link #leave}.
     */
    CompletionStage<UpdateResult> enter(RoomName room, User user, String session, int maxUsers);

    /** Removes a session of the user from the room. Idempotent. */
    CompletionStage<UpdateResult> leave(RoomName room, UserId user, String session);

    /** @param limit maximum number of users */
    CompletionStage<Roster> roster(RoomName room, int limit);
}
