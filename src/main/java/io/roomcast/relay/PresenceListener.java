package io.roomcast.relay;

import io.roomcast.protocol.RoomName;

/**
 * Is told on each node what happens in the rooms that it watches. Called for one room by one thread at a time, in the order in which it happened: every
 * method hands over and returns.
 */
public interface PresenceListener {

    /** Who is there, where no change tells it: at the beginning, and when a room that was too large for names is so no more. */
    void present(RoomName room, PresenceStore.Roster roster);

    /** Whoever is named as come was not there before, and whoever is named as gone was. Nobody is named where the room is too large for that, or nobody came or went after all. */
    void changed(RoomName room, PresenceChange change);

    /** Nothing more is told of the room: it is not watched any longer. */
    void forgotten(RoomName room);
}
