package io.roomcast.config;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The keys of limits. All of them can be changed while the node runs. The help text of a limit says whether 0 means no
 * limit.
 */
public final class LimitKeys {
    private static final int MAX = 10_000_000;

    public static final Key<Integer> SESSIONS = limit(
            "sessions", 20_000, "Most sessions of this node; further ones are refused with 503, or closed with 1013.");

    public static final Key<Integer> USER_SESSIONS =
            limit("user-sessions", 1_000, "Most sessions of one user on this node; further ones are closed with 1013.");

    public static final Key<Integer> ADDRESS_SESSIONS = limit(
            "address-sessions",
            0,
            "Most sessions from one address (of IPv6, one /64 network); further ones are closed with 1013. Behind "
                    + "a proxy all sessions have its address.");

    public static final Key<Integer> NODE_ROOMS = limit(
            "node-rooms",
            100_000,
            "Most rooms with members on this node, and at most one for each 16 KiB of heap; further joins fail "
                    + "with busy.");

    public static final Key<Integer> NODE_MEMBERS = limit(
            "node-members",
            1_000_000,
            "Most members of all rooms on this node together (a session counts in each of its rooms), and at most "
                    + "one for each 4 KiB of heap; further joins fail with busy.");

    public static final Key<Integer> ROOM_USERS = limit(
            "room-users", 50_000, "Most users of one room, on all nodes together; further joins fail with room_full.");

    public static final Key<Integer> PUBLISH_RATE = limit(
            "publish-rate",
            5_000,
            "Publishes per second of one session; bursts may have five times as many; further ones fail with "
                    + "rate_limited.");

    public static final Key<Integer> ROOM_PUBLISH_RATE = limit(
            "room-publish-rate",
            10_000,
            "Publishes per second to one room on this node; bursts may have five times as many; further ones fail "
                    + "with rate_limited.");

    public static final Key<Integer> REQUEST_RATE = limit(
            "request-rate",
            200,
            "Other requests per second of one session; bursts may have five times as many; further ones fail with "
                    + "rate_limited.");

    public static final Key<Integer> BAD_FRAME_RATE = limit(
            "bad-frame-rate",
            20,
            "Errors per second of one session that are its own fault (bad_request, unauthenticated); bursts may "
                    + "have five times as many; further ones close it with 4502.");

    public static final Key<Integer> REFUSED_RATE = limit(
            "refused-rate",
            2_000,
            "Requests per second of one session that are refused for other reasons, except errors of the server; "
                    + "bursts may have five times as many; further ones close it with 4502.");

    public static final Key<Integer> IN_FLIGHT =
            limit("in-flight", 1_000, "Most unanswered requests of one session; further ones fail with busy.");

    public static final Key<Integer> NODE_IN_FLIGHT =
            limit("node-in-flight", 20_000, "Most unanswered requests of all sessions; further ones fail with busy.");

    public static final Key<Long> NODE_IN_FLIGHT_BYTES = new Key<>(
            "roomcast.limits.node-in-flight-bytes",
            "32MiB",
            "size",
            "Most bytes of messages and tokens in unanswered requests of all sessions, at most an eighth of the "
                    + "heap; further ones fail with busy.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Integer> ROOMS =
            limit("rooms", 100, "Most rooms of one session; further joins fail with too_many_rooms.");

    public static final Key<Long> FRAME_BYTES = new Key<>(
            "roomcast.limits.frame-bytes",
            "64KiB",
            "size",
            "Largest WebSocket message from a client, in one frame or in fragments; a larger one closes the "
                    + "session with 1009.",
            Values.sizeBetween("1KiB", "2MiB", false));

    public static final Key<Long> CONTENT_BYTES = new Key<>(
            "roomcast.limits.content-bytes",
            "16KiB",
            "size",
            "Largest content of a message; a larger one fails with too_large.",
            Values.sizeBetween("1B", "1MiB", false));

    public static final Key<Long> OUTBOUND_BYTES = new Key<>(
            "roomcast.limits.outbound-bytes",
            "1MiB",
            "size",
            "Most bytes that wait for one session. Beyond it the node drops presence, then messages, and tells the "
                    + "client. 0 for no limit.",
            Values.sizeBetween("256KiB", "1GiB", true));

    public static final Key<Long> NODE_OUTBOUND_BYTES = new Key<>(
            "roomcast.limits.node-outbound-bytes",
            "128MiB",
            "size",
            "Most bytes that wait for all sessions together, at most a quarter of the heap; shared frames count "
                    + "once. A session may have at most as many bytes as are left. A request for history fails with "
                    + "busy when nothing is left for its page.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> NODE_INBOUND_BYTES = new Key<>(
            "roomcast.limits.node-inbound-bytes",
            "16MiB",
            "size",
            "Most bytes of incomplete WebSocket messages of all sessions together, at most an eighth of the heap. "
                    + "A session that has more than is left is closed with 1013.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> LAG_BYTES = new Key<>(
            "roomcast.limits.lag-bytes",
            "8MiB",
            "size",
            "Most bytes of messages that wait for delivery in one room. Beyond it publishes fail with busy; "
                    + "messages from other nodes are read from the history later. 0 for no limit.",
            Values.sizeBetween("64KiB", "1GiB", true));

    public static final Key<Long> NODE_LAG_BYTES = new Key<>(
            "roomcast.limits.node-lag-bytes",
            "128MiB",
            "size",
            "Most bytes of messages that wait for delivery in all rooms of this node, at most an eighth of the "
                    + "heap; further publishes fail with busy.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> RECOVERY_RATE = new Key<>(
            "roomcast.limits.recovery-rate",
            "32MiB",
            "size",
            "Bytes per second of missed messages that this node sends to all returning clients together; beyond it "
                    + "they wait in line; 0 for no limit.",
            Values.sizeBetween("64KiB", "1024GiB", true));

    public static final Key<Duration> LAG = new Key<>(
            "roomcast.limits.lag",
            "1s",
            "duration",
            "How long messages may wait for delivery in a room before all publishes to it fail with busy; from "
                    + "half of that time on, some do. 0 for no limit.",
            Values.durationBetween("0", "1m"));

    public static final Key<Duration> OUTBOUND_AGE = new Key<>(
            "roomcast.limits.outbound-age",
            "10s",
            "duration",
            "How long a client may read nothing of a frame that is being sent before it is closed with 4000; 0 for "
                    + "no limit.",
            Values.durationBetween("0", "1h"));

    public static final Key<Duration> MESSAGE_AGE = new Key<>(
            "roomcast.limits.message-age",
            "30s",
            "duration",
            "How long a WebSocket message may take from its first byte to its last; a slower one closes the "
                    + "session with 4004; 0 for no limit.",
            Values.durationBetween("0", "1h"));

    /** Rates that are limited for each session, each with a token bucket. */
    public static final List<Key<Integer>> SESSION_RATES =
            List.of(PUBLISH_RATE, REQUEST_RATE, BAD_FRAME_RATE, REFUSED_RATE);

    /** Limits of numbers and of rates, in the order of --help. */
    public static final List<Key<Integer>> NUMBERS = List.of(
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

    /** Limits of bytes, and of bytes per second. */
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

    /** Limits of durations. */
    public static final List<Key<Duration>> DURATIONS = List.of(OUTBOUND_AGE, MESSAGE_AGE, LAG);

    /** Limits that reject the client that exceeds them, with an error or a close code. */
    public static final List<Key<?>> REFUSING = Stream.<List<? extends Key<?>>>of(
                    NUMBERS,
                    List.of(
                            FRAME_BYTES,
                            CONTENT_BYTES,
                            NODE_OUTBOUND_BYTES,
                            NODE_IN_FLIGHT_BYTES,
                            NODE_INBOUND_BYTES,
                            MESSAGE_AGE,
                            LAG,
                            LAG_BYTES,
                            NODE_LAG_BYTES))
            .<Key<?>>flatMap(List::stream)
            .toList();

    private LimitKeys() {}

    private static Key<Integer> limit(String name, int defaultValue, String doc) {
        return new Key<>(
                "roomcast.limits." + name,
                Integer.toString(defaultValue),
                "number",
                doc.substring(0, doc.length() - 1) + "; 0 for no limit.",
                Values.integerBetween(0, MAX));
    }
}
