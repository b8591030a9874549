package io.roomcast.service.cluster;

import io.roomcast.protocol.UserName;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;

/**
 * Which sessions are listed.
 *
 * @param user lists only the sessions of this user; null for all sessions
 * @param order the order of the list
 * @param after with {@link Order#ID}, lists only sessions with a greater id; null for the first page
 * @param limit most sessions of the list
 */
public record SessionQuery(UserName user, Order order, String after, int limit) {
    /** Most sessions of one list. */
    public static final int MAX_SESSIONS = 1_000;

    /** The order of a list of sessions. */
    public enum Order {
        /** First the sessions for which the most bytes wait, then those with the oldest send in flight. */
        WAITING,
        /** The order of the ids, in which a list can be continued. */
        ID
    }

    JsonObject toJson() {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("order", order.name()).add("limit", limit);
        if (user != null) {
            json.add("user", user.value());
        }
        if (after != null) {
            json.add("after", after);
        }
        return json.build();
    }

    static SessionQuery of(JsonObject json) {
        return new SessionQuery(
                json.containsKey("user") ? new UserName(json.getString("user")) : null,
                Order.valueOf(json.getString("order")),
                json.getString("after", null),
                Math.min(json.getInt("limit"), MAX_SESSIONS));
    }
}
