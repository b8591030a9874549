package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Who is in which room, across nodes. A user may be in a room by several sessions and counts once. Any thread may call; nothing blocks;
 * stages complete on any thread, and fail with {@link RelayUnavailableException}. A store that could not be reached puts itself right
 * when it can be again: what a failed call asked for then takes effect, and the {@link PresenceListener} is told what changed.
 */
public interface PresenceStore extends AutoCloseable {

    /** Names who is told of changes that no call on this node brought about. Called once, before any other method. */
    default void start(PresenceListener listener) {}

    /** Gives up this node's sessions: they have left, for the other nodes. To be closed before the relay that goes with it. */
    @Override
    default void close() {}

    /**
     * @param changed whether the user was not in the room before, or is not any more: something to announce, and told exactly once
     * @param count of users in the room now
     */
    record Change(boolean changed, long count) {}

    /** @param users sorted; may be cut off at the limit that was asked for, {@code count} is not */
    record Roster(long count, List<UserName> users) {}

    /** Enters a session; entering it again changes nothing. */
    CompletionStage<Change> enter(RoomName room, UserName user, String session);

    CompletionStage<Change> leave(RoomName room, UserName user, String session);

    /** @param limit of names */
    CompletionStage<Roster> roster(RoomName room, int limit);
}
