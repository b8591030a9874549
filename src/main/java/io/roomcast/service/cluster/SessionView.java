package io.roomcast.service.cluster;

import java.util.Comparator;
import java.util.List;

/**
 * A session, as operators see it.
 *
 * @param session the id of the session, which {@code welcome} has told the client
 * @param node name of the node that has the session
 * @param user null before the session has an identity
 * @param name what is shown for the user; null before the session has an identity, and if the list has enough names
 * @param address as {@code roomcast.privacy.addresses} allows; null if unknown or not to be seen
 * @param rooms names of some of its rooms, sorted
 * @param roomCount number of all its rooms
 * @param openedAt milliseconds since 1970 UTC, by the clock of the node
 * @param subprotocol null if the client asked for none
 * @param transport {@code fast}, or {@code portable} if frames go through the server's own WebSocket session
 * @param waitingBytes bytes that wait for the client, without the send in flight
 * @param sendAgeMs age of the send in flight in milliseconds; 0 if there is none
 * @param silentMs milliseconds since the client last sent anything
 */
public record SessionView(
        String session,
        String node,
        String user,
        String name,
        String address,
        List<String> rooms,
        int roomCount,
        long openedAt,
        String subprotocol,
        String transport,
        long waitingBytes,
        long sendAgeMs,
        long silentMs) {

    /** The same session with these names of rooms. */
    public SessionView withRooms(List<String> names) {
        return new SessionView(
                session,
                node,
                user,
                name,
                address,
                names,
                roomCount,
                openedAt,
                subprotocol,
                transport,
                waitingBytes,
                sendAgeMs,
                silentMs);
    }

    static Comparator<SessionView> comparator(SessionQuery.Order order) {
        return order.comparator(SessionView::session, SessionView::waitingBytes, SessionView::sendAgeMs);
    }
}
