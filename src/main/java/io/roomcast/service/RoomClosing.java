package io.roomcast.service;

import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.RoomName;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Empties a room on this node, as an administrator asks. Any thread; nothing blocks. */
@ApplicationScoped
public class RoomClosing {
    private SessionRegistry sessions;
    private RoomJoins joining;

    /** For the container's proxy. */
    protected RoomClosing() {}

    @Inject
    public RoomClosing(SessionRegistry sessions, RoomJoins joining) {
        this.sessions = sessions;
        this.joining = joining;
    }

    /**
     * Takes every session of this node out of the room: {@code left}, unasked. A session whose address is that of the room has nothing
     * else to be here for, and is closed (4500).
     *
     * @return how many were in it
     */
    public int close(RoomName room) {
        int count = 0;
        for (ClientSession session : sessions.all()) {
            if (session.membership(room) != null) {
                joining.putOut(session, room, () -> true, () -> {
                    if (room.equals(session.home())) {
                        session.queue().closeWhenDrained(CloseCode.KICKED, "the room was closed by an administrator");
                    }
                });
                count++;
            }
        }
        return count;
    }
}
