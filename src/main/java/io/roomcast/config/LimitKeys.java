package io.roomcast.config;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Limits, all of which may be changed while the node runs; 0 lifts them where their documentation says so. */
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

    public static final Key<Integer> NODE_ROOMS = limit(
            "node-rooms",
            100_000,
            "Rooms with members on this node, and never more than an eighth of the heap has space for at 2 KiB each; busy.");

    public static final Key<Integer> NODE_MEMBERS = limit(
            "node-members",
            1_000_000,
            "Members of all rooms on this node together (a session counts in each of its rooms), and never more than a quarter of the heap has"
                    + " space for at 1 KiB each; busy.");

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

    public static final Key<Integer> BAD_FRAME_RATE = limit(
            "bad-frame-rate",
            20,
            "Mistakes a second of one session (bad_request, unauthenticated), such as lines that are no frames; five seconds' worth may come"
                    + " at once; closes 4502.");

    public static final Key<Integer> REFUSED_RATE = limit(
            "refused-rate",
            2_000,
            "Requests a second of one session that are refused for other reasons, but for faults of the server; five seconds' worth may come at"
                    + " once; closes 4502.");

    public static final Key<Integer> IN_FLIGHT =
            limit("in-flight", 1_000, "Requests of one session that may be unanswered; busy.");

    public static final Key<Integer> NODE_IN_FLIGHT =
            limit("node-in-flight", 20_000, "Requests of all sessions that may be unanswered; busy.");

    public static final Key<Long> NODE_IN_FLIGHT_BYTES = new Key<>(
            "roomcast.limits.node-in-flight-bytes",
            "32MiB",
            "size",
            "Bytes of messages and tokens in requests of all sessions that are not answered yet; busy; never more than an eighth of the"
                    + " heap.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Integer> ROOMS = limit("rooms", 100, "Rooms that one session may be in; too_many_rooms.");

    public static final Key<Long> FRAME_BYTES = new Key<>(
            "roomcast.limits.frame-bytes",
            "64KiB",
            "size",
            "Largest WebSocket message that a client may send, whole or in fragments; closes 1009.",
            Values.sizeBetween("1KiB", "2MiB", false));

    public static final Key<Long> CONTENT_BYTES = new Key<>(
            "roomcast.limits.content-bytes",
            "16KiB",
            "size",
            "Largest content of one message; too_large.",
            Values.sizeBetween("1B", "1MiB", false));

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
                    + " busy for a page of history; never more than a quarter of the heap.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> NODE_INBOUND_BYTES = new Key<>(
            "roomcast.limits.node-inbound-bytes",
            "16MiB",
            "size",
            "Bytes of WebSocket messages of all sessions together that have begun to come in and have no end yet; the less is left, the"
                    + " less each may have; closes 1013; never more than an eighth of the heap.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> LAG_BYTES = new Key<>(
            "roomcast.limits.lag-bytes",
            "8MiB",
            "size",
            "Bytes of messages that may wait to be handed to the members of one room before its publishers are told busy; what"
                    + " others publish all the same is read from the history later; 0 for no limit.",
            Values.sizeBetween("64KiB", "1GiB", true));

    public static final Key<Long> NODE_LAG_BYTES = new Key<>(
            "roomcast.limits.node-lag-bytes",
            "128MiB",
            "size",
            "Bytes of messages that may wait so in all rooms of this node together; busy; never more than an eighth of the heap.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> RECOVERY_RATE = new Key<>(
            "roomcast.limits.recovery-rate",
            "32MiB",
            "size",
            "Bytes a second of missed messages that this node sends to all who come back together; beyond it they take turns; 0 for"
                    + " no limit.",
            Values.sizeBetween("64KiB", "1024GiB", true));

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

    public static final Key<Duration> MESSAGE_AGE = new Key<>(
            "roomcast.limits.message-age",
            "30s",
            "duration",
            "How long a WebSocket message may take from its first byte to its last; closes 4004; 0 for no limit.",
            Values.durationBetween("0", "1h"));

    /** Counts, in the order in which they are shown. */
    public static final List<Key<Integer>> ALL = List.of(
            SESSIONS,
            USER_SESSIONS,
            ADDRESS_SESSIONS,
            ROOMS,
            NODE_ROOMS,
            NODE_MEMBERS,
            ROOM_USERS,
            PUBLISH_RATE,
            ROOM_PUBLISH_RATE,
            REQUEST_RATE,
            BAD_FRAME_RATE,
            REFUSED_RATE,
            IN_FLIGHT,
            NODE_IN_FLIGHT);

    /** In bytes. */
    public static final List<Key<Long>> SIZES = List.of(
            FRAME_BYTES,
            CONTENT_BYTES,
            NODE_IN_FLIGHT_BYTES,
            OUTBOUND_BYTES,
            NODE_OUTBOUND_BYTES,
            NODE_INBOUND_BYTES,
            LAG_BYTES,
            NODE_LAG_BYTES,
            RECOVERY_RATE);

    public static final List<Key<Duration>> DURATIONS = List.of(OUTBOUND_AGE, MESSAGE_AGE, LAG);

    /** Those that somebody is told of who comes up against them. */
    public static final List<Key<?>> REFUSING = Stream.<List<? extends Key<?>>>of(
                    ALL,
                    List.of(
                            FRAME_BYTES,
                            CONTENT_BYTES,
                            NODE_IN_FLIGHT_BYTES,
                            NODE_INBOUND_BYTES,
                            MESSAGE_AGE,
                            LAG,
                            LAG_BYTES,
                            NODE_LAG_BYTES))
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
