package io.roomcast.service.session;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;

/**
 * What a client asks for by the address that it connects to.
 *
 * @param user that it names, or null
 * @param room of a connection to {@code /ws/{room}/{user}}, else null
 * @param since last position that the client has, or null
 * @param plain whether the client may know nothing but room, sender and content
 */
public record ConnectRequest(UserName user, RoomName room, Position since, boolean plain) {

    /** {@code /ws}. */
    public static ConnectRequest ofUser(UserName user) {
        return new ConnectRequest(user, null, null, false);
    }
}
