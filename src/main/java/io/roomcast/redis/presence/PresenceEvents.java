package io.roomcast.redis.presence;

import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.Envelope;
import java.util.Collection;
import java.util.List;

/** What presence is told of the channels of rooms. Any thread; every method hands over and returns. */
public interface PresenceEvents {
    PresenceEvents NONE = new PresenceEvents() {
        @Override
        public boolean isWatched(String room) {
            return false;
        }

        @Override
        public Collection<RoomName> watched() {
            return List.of();
        }

        @Override
        public void subscribed(String room, boolean anew) {}

        @Override
        public void received(String room, Envelope.Presence presence) {}

        @Override
        public void renewed() {}
    };

    /** Whether the room's channel is needed. */
    boolean isWatched(String room);

    Collection<RoomName> watched();

    /**
     * The channel is subscribed.
     *
     * @param anew whether something may have been missed
     */
    void subscribed(String room, boolean anew);

    void received(String room, Envelope.Presence presence);

    /** A connection was made anew. */
    void renewed();
}
