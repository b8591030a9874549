package io.roomcast.cursor;

import io.roomcast.protocol.RoomName;
import io.roomcast.relay.PresenceChange;
import java.util.Collection;
import java.util.List;

/** Reports to presence what happens on the channels of rooms. Any thread may call. No method blocks. */
public interface PresenceEvents {
    /** For a node without presence. */
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
        public void received(String room, PresenceChange change) {}

        @Override
        public void reconnected() {}
    };

    /** Whether presence watches the room, and so needs the room's channel. */
    boolean isWatched(String room);

    /** The rooms that presence watches. */
    Collection<RoomName> watched();

    /**
     * Reports that the room's channel is subscribed.
     *
     * @param mayHaveMissed whether presence changes may have been missed
     */
    void subscribed(String room, boolean mayHaveMissed);

    /** Passes on a presence change that arrived on the room's channel. */
    void received(String room, PresenceChange change);

    /** Reports that a connection for commands was made again, after an earlier one had ended. */
    void reconnected();
}
