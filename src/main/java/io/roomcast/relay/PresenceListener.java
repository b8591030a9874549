package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;

/**
 * Is told of changes in presence that no call on this node brought about: of the users of a node that vanished, and of those whom the
 * others took for vanished. Each change is told to one node only, which announces it to all. Called by the store's own thread: every
 * method hands over and returns.
 */
public interface PresenceListener {

    /** @param count of users in the room now */
    void left(RoomName room, UserName user, long count);

    /** @param count of users in the room now */
    void entered(RoomName room, UserName user, long count);
}
