package io.roomcast.config;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

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

    public static final Key<Long> OUTBOUND_BYTES = new Key<>(
            "roomcast.limits.outbound-bytes",
            "1MiB",
            "size",
            "Bytes that may wait for one session; beyond them presence, then messages are left out; 0 for no limit.",
            Values.sizeBetween("256KiB", "1GiB", true));

    public static final Key<Long> NODE_OUTBOUND_BYTES = new Key<>(
            "roomcast.limits.node-outbound-bytes",
            "128MiB",
            "size",
            "Bytes that may wait for all sessions together, what is shared counted once; the less is left, the less may wait for each;"
                    + " 0 for no limit.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> LAG_BYTES = new Key<>(
            "roomcast.limits.lag-bytes",
            "8MiB",
            "size",
            "Bytes of messages that may wait to be handed to the members of one room before its publishers are told busy;"
                    + " 0 for no limit.",
            Values.sizeBetween("64KiB", "1GiB", true));

    public static final Key<Duration> LAG = new Key<>(
            "roomcast.limits.lag",
            "1s",
            "duration",
            "How long messages may wait to be handed to the members of a room before all its publishers are told busy; from half"
                    + " of that on, some are; 0 for no limit.",
            Values.durationBetween("0", "1m"));

    public static final Key<Duration> OUTBOUND_AGE = new Key<>(
            "roomcast.limits.outbound-age",
            "10s",
            "duration",
            "How long a client may read nothing of what is being sent before it is closed; 0 for no limit.",
            Values.durationBetween("0", "1h"));

    /** Counts, in the order in which they are shown. */
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

    /** In bytes. */
    public static final List<Key<Long>> SIZES = List.of(OUTBOUND_BYTES, NODE_OUTBOUND_BYTES, LAG_BYTES);

    public static final List<Key<Duration>> DURATIONS = List.of(OUTBOUND_AGE, LAG);

    /** Those that somebody is told of who comes up against them. */
    public static final List<Key<?>> REFUSING = Stream.<List<? extends Key<?>>>of(ALL, List.of(LAG, LAG_BYTES))
            .<Key<?>>flatMap(List::stream)
            .toList();

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
