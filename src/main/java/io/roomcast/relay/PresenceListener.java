package io.roomcast.relay;

import io.roomcast.protocol.RoomName;

/**
 * Receives the presence of the rooms that this node watches. The calls for one room come from one thread at a time, in
 * the order of the changes. A method must not block. It queues the event and returns.
 */
public interface PresenceListener {

    /**
     * Replaces the room's presence. Called with the first roster, and when a room that was
     * too large for names is small enough again. The roster of a room that is too large has a count and no names.
     */
    void rosterReceived(RoomName room, PresenceStore.Roster roster);

    /**
     * Reports a change. A user in {@code joined} was not present before. A user in {@code left} or {@code renamed} was
     * present. All lists are empty if the room is too large for names, or if only the revision has changed.
     */
    void presenceChanged(RoomName room, PresenceChange change);

    /** Reports that the room is no longer watched. This is the last call for the room. */
    void watchEnded(RoomName room);
}
