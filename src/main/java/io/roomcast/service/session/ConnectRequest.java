package io.roomcast.service.session;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;

/**
 * What a client asks for when it connects, by the URL and the subprotocol.
 *
 * @param user user in the URL, or null
 * @param room room in the URL {@code /ws/{room}/{user}}; null for {@code /ws}
 * @param since last position that the client has, or null
 * @param isPresent whether the user is present in {@code room}; else the session is a member there unseen
 * @param subprotocol subprotocol of this server that the connection uses; null if the client asked for none
 * @param lease what the node keeps of the client between its requests over HTTP; null for a WebSocket
 */
public record ConnectRequest(
        UserId user, RoomName room, Position since, boolean isPresent, String subprotocol, Lease lease) {

    /** A WebSocket. */
    public ConnectRequest(UserId user, RoomName room, Position since, boolean isPresent, String subprotocol) {
        this(user, room, since, isPresent, subprotocol, null);
    }

    /** A request over HTTP. */
    public static ConnectRequest overHttp(Lease lease) {
        return new ConnectRequest(null, null, null, true, null, lease);
    }

    /** A connection to {@code /ws}. */
    public static ConnectRequest ofUser(UserId user, String subprotocol) {
        return new ConnectRequest(user, null, null, true, subprotocol);
    }

    /** Whether the client is sent only frames with room, sender and content. */
    public boolean isPlain() {
        return room != null && subprotocol == null;
    }
}
