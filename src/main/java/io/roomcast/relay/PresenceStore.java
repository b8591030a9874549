package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Who is in which room, across nodes. A user may be in a room by several sessions and counts once. Any thread may call; nothing blocks;
 * stages fail with {@link RelayUnavailableException}.
 */
public interface PresenceStore {

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
