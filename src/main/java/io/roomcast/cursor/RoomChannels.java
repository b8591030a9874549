package io.roomcast.cursor;

import io.roomcast.protocol.RoomName;

/** The subscriptions to rooms' channels, as presence uses them. Any thread may call. No method blocks. */
public interface RoomChannels {
    /**
     * Sets the presence of this node. Called once.
     *
     * @param events receives presence changes from now on, and says which rooms are watched
     */
    void setPresence(PresenceEvents events);

    /** Must be called after presence has started or ended to watch the room. */
    void watchChanged(RoomName room);
}
