package io.roomcast.service.session;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;

/**
 * What a client asks for when it connects, by the URL and the subprotocol.
 *
 * @param user user in the URL, or null
 * @param room room in the URL {@code /ws/{room}/{user}}; null for {@code /ws}
 * @param since last position that the client has, or null
 * @param isPlain whether the client is sent only frames with room, sender and content
 */
public record ConnectRequest(UserName user, RoomName room, Position since, boolean isPlain) {

    /** A connection to {@code /ws}. */
    public static ConnectRequest ofUser(UserName user) {
        return new ConnectRequest(user, null, null, false);
    }
}
