package io.roomcast.redis.presence;

import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.Envelope;
import java.util.Collection;
import java.util.List;

/** Tells presence what happens on the channels of rooms. Any thread; no method blocks. */
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
        public void subscribed(String room, boolean mayHaveMissed) {}

        @Override
        public void received(String room, Envelope.Presence presence) {}

        @Override
        public void reconnected() {}
    };

    /** Whether presence needs the room's channel. */
    boolean isWatched(String room);

    Collection<RoomName> watched();

    /**
     * The channel is subscribed.
     *
     * @param mayHaveMissed whether presence changes may have been missed
     */
    void subscribed(String room, boolean mayHaveMissed);

    void received(String room, Envelope.Presence presence);

    /** A connection for commands was made again. */
    void reconnected();
}
