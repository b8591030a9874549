package io.roomcast.service.cluster;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.util.Comparator;
import java.util.List;

/**
 * A session, as operators see it.
 *
 * @param session the id of the session, which {@code welcome} has told the client
 * @param node name of the node that has the session
 * @param user null before the session has an identity
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
        String address,
        List<String> rooms,
        int roomCount,
        long openedAt,
        String subprotocol,
        String transport,
        long waitingBytes,
        long sendAgeMs,
        long silentMs) {

    static Comparator<SessionView> comparator(SessionQuery.Order order) {
        Comparator<SessionView> byId = Comparator.comparing(SessionView::session);
        return order == SessionQuery.Order.ID
                ? byId
                : Comparator.comparingLong(SessionView::waitingBytes)
                        .thenComparingLong(SessionView::sendAgeMs)
                        .reversed()
                        .thenComparing(byId);
    }

    JsonObject toJson() {
        JsonArrayBuilder names = Json.createArrayBuilder();
        rooms.forEach(names::add);
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("session", session)
                .add("node", node)
                .add("rooms", names)
                .add("roomCount", roomCount)
                .add("openedAt", openedAt)
                .add("transport", transport)
                .add("waitingBytes", waitingBytes)
                .add("sendAgeMs", sendAgeMs)
                .add("silentMs", silentMs);
        addIfPresent(json, "user", user);
        addIfPresent(json, "address", address);
        addIfPresent(json, "subprotocol", subprotocol);
        return json.build();
    }

    private static void addIfPresent(JsonObjectBuilder json, String name, String value) {
        if (value != null) {
            json.add(name, value);
        }
    }

    static SessionView of(JsonObject json) {
        return new SessionView(
                json.getString("session"),
                json.getString("node"),
                json.getString("user", null),
                json.getString("address", null),
                json.getJsonArray("rooms").getValuesAs(JsonString::getString),
                json.getInt("roomCount"),
                json.getJsonNumber("openedAt").longValue(),
                json.getString("subprotocol", null),
                json.getString("transport"),
                json.getJsonNumber("waitingBytes").longValue(),
                json.getJsonNumber("sendAgeMs").longValue(),
                json.getJsonNumber("silentMs").longValue());
    }
}
