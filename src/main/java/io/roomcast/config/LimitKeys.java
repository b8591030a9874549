package io.roomcast.config;

import java.util.List;

/** Limits that may be changed while the node runs; 0 lifts each of them. */
public final class LimitKeys {
    private static final int MOST = 10_000_000;

    public static final Key<Integer> SESSIONS =
            limit("sessions", 20_000, "Sessions of this node; more are refused with 503, or closed with 1013.");

    public static final Key<Integer> USER_SESSIONS =
            limit("user-sessions", 1_000, "Sessions that one user may have on this node; more are closed with 1013.");

    public static final Key<Integer> ADDRESS_SESSIONS = limit(
            "address-sessions",
            0,
            "Sessions from one address (of IPv6, one /64 network); more are closed with 1013. Behind a proxy all have its address.");

    public static final Key<Integer> ROOM_USERS =
            limit("room-users", 50_000, "Users that may be in one room, on all nodes together; room_full.");

    public static final Key<Integer> PUBLISH_RATE = limit(
            "publish-rate",
            5_000,
            "Publishes a second of one session; five seconds' worth may come at once; rate_limited.");

    public static final Key<Integer> ROOM_PUBLISH_RATE = limit(
            "room-publish-rate",
            10_000,
            "Publishes a second to one room on this node; five seconds' worth may come at once; rate_limited.");

    public static final Key<Integer> REQUEST_RATE = limit(
            "request-rate",
            200,
            "Other requests a second of one session; five seconds' worth may come at once; rate_limited.");

    public static final Key<Integer> IN_FLIGHT =
            limit("in-flight", 1_000, "Requests of one session that may wait for the relay; busy.");

    public static final Key<Integer> NODE_IN_FLIGHT =
            limit("node-in-flight", 20_000, "Requests of all sessions that may wait for the relay; busy.");

    /** In the order in which they are shown. */
    public static final List<Key<Integer>> ALL = List.of(
            SESSIONS,
            USER_SESSIONS,
            ADDRESS_SESSIONS,
            ROOM_USERS,
            PUBLISH_RATE,
            ROOM_PUBLISH_RATE,
            REQUEST_RATE,
            IN_FLIGHT,
            NODE_IN_FLIGHT);

    private LimitKeys() {}

    private static Key<Integer> limit(String name, int standard, String doc) {
        return new Key<>(
                "roomcast.limits." + name,
                Integer.toString(standard),
                "number",
                doc.substring(0, doc.length() - 1) + "; 0 for no limit.",
                Values.integerBetween(0, MOST));
    }
}
