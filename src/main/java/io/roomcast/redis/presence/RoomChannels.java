package io.roomcast.redis.presence;

import io.roomcast.protocol.RoomName;

/** The subscriptions to rooms' channels, as presence uses them. Any thread; no method blocks. */
public interface RoomChannels {
    /** @param events receives presence changes from now on, and says which rooms are watched */
    void start(PresenceEvents events);

    /** The room is watched now, or is not watched any more. */
    void watchChanged(RoomName room);
}
