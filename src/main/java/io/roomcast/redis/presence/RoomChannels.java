package io.roomcast.redis.presence;

import io.roomcast.protocol.RoomName;

/** What presence needs of the subscriptions to the channels of rooms. Any thread; nothing blocks. */
public interface RoomChannels {
    /** @param events hears of presence from now on, and says which rooms are watched */
    void start(PresenceEvents events);

    /** The room may be wanted now, or not any more. */
    void look(RoomName room);
}
