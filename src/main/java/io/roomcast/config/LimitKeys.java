package io.roomcast.config;

import io.roomcast.protocol.NewMessage;
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
            "sessions",
            20_000,
            "Maximum number of sessions of this node, and never more than the process has files for: `ulimit -n` "
                    + "minus a reserve of a sixth, but at most 500. Further ones are refused with 503 at the "
                    + "handshake, or closed with 1013.");

    public static final Key<Integer> USER_SESSIONS = limit(
            "user-sessions",
            1_000,
            "Maximum number of sessions of one user on this node; further ones get `busy` and are closed with 1013.");

    public static final Key<Integer> ADDRESS_SESSIONS = limit(
            "address-sessions",
            0,
            "Maximum number of sessions from one address (of IPv6, one /64 network); further ones get `busy` and are "
                    + "closed with 1013. Behind a proxy all clients have its address.");

    public static final Key<Integer> NODE_ROOMS = limit(
            "node-rooms",
            100_000,
            "Maximum number of rooms with members on this node, and never more than fit into an eighth of the heap "
                    + "at 2 KiB each; further joins fail with `busy`.");

    public static final Key<Integer> NODE_MEMBERS = limit(
            "node-members",
            1_000_000,
            "Maximum number of members of all rooms on this node (a session counts in each of its rooms), and never "
                    + "more than fit into a quarter of the heap at 1 KiB each; further joins fail with `busy`.");

    public static final Key<Integer> ROOM_USERS = limit(
            "room-users",
            50_000,
            "Maximum number of users of one room, on all nodes together; further joins fail with `room_full`.");

    public static final Key<Integer> PUBLISH_RATE = limit(
            "publish-rate",
            5_000,
            "Publishes a second of one session; five seconds' worth may come at once, further ones fail with "
                    + "`rate_limited`.");

    public static final Key<Integer> ROOM_PUBLISH_RATE = limit(
            "room-publish-rate",
            10_000,
            "Publishes a second to one room on this node; five seconds' worth may come at once, further ones fail "
                    + "with `rate_limited`.");

    public static final Key<Integer> REQUEST_RATE = limit(
            "request-rate",
            200,
            "Requests other than publishes, a second of one session; five seconds' worth may come at once, further "
                    + "ones fail with `rate_limited`.");

    public static final Key<Integer> BAD_FRAME_RATE = limit(
            "bad-frame-rate",
            20,
            "Errors `bad_request` and `unauthenticated` a second of one session, such as lines that are not frames; "
                    + "five seconds' worth may come at once, further ones close it with 4502.");

    public static final Key<Integer> REFUSED_RATE = limit(
            "refused-rate",
            2_000,
            "Other refused requests a second of one session, not counting faults of the server; five seconds' worth "
                    + "may come at once, further ones close it with 4502.");

    public static final Key<Integer> REMOVE_RATE = limit(
            "remove-rate",
            5,
            "`remove` requests a second of one session, each of which asks all nodes; five seconds' worth may come at "
                    + "once, further ones fail with `rate_limited`.");

    public static final Key<Integer> REFRESH_RATE = limit(
            "refresh-rate",
            5,
            "`refresh` requests a second of one session, each of which may show a new name in all its rooms; five "
                    + "seconds' worth may come at once, further ones fail with `rate_limited`.");

    public static final Key<Integer> SEARCH_RATE = limit(
            "search-rate",
            2,
            "`search` requests a second of one session, each of which keeps the database busy; five seconds' worth may "
                    + "come at once, further ones fail with `rate_limited`.");

    public static final Key<Integer> IN_FLIGHT = limit(
            "in-flight", 1_000, "Maximum number of unanswered requests of one session; further ones fail with `busy`.");

    public static final Key<Integer> NODE_IN_FLIGHT = limit(
            "node-in-flight",
            20_000,
            "Maximum number of unanswered requests of all sessions; further ones fail with `busy`.");

    public static final Key<Long> NODE_IN_FLIGHT_BYTES = new Key<>(
            "roomcast.limits.node-in-flight-bytes",
            "32MiB",
            "size",
            "Maximum bytes of messages and tokens in unanswered requests of all sessions, and never more than an "
                    + "eighth of the heap; further ones fail with `busy`. 0 for no other limit.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Integer> ROOMS = limit(
            "rooms",
            100,
            "Maximum number of rooms of one session, in one `join`, and named in one `search`; further joins fail "
                    + "with `too_many_rooms`.");

    public static final Key<Long> FRAME_BYTES = new Key<>(
            "roomcast.limits.frame-bytes",
            "64KiB",
            "size",
            "Largest WebSocket message from a client, whole or in fragments; a larger one closes the session with "
                    + "1009. A larger value holds for connections opened after the change.",
            Values.sizeBetween("1KiB", "2MiB", false));

    public static final Key<Long> CONTENT_BYTES = new Key<>(
            "roomcast.limits.content-bytes",
            "16KiB",
            "size",
            "Largest content and data of one message together, and largest content of a signal; a larger one fails "
                    + "with `too_large`.",
            Values.sizeBetween("1B", "1MiB", false));

    public static final Key<Integer> META_ENTRIES =
            limit("meta-entries", 16, "Maximum entries of `meta` of one message; more fail with `too_large`.");

    public static final Key<Long> META_BYTES = new Key<>(
            "roomcast.limits.meta-bytes",
            "1KiB",
            "size",
            "Largest `meta` of one message, names and values together; a larger one fails with `too_large`.",
            Values.sizeBetween("1B", "64KiB", false));

    public static final Key<Long> INFO_BYTES = new Key<>(
            "roomcast.limits.info-bytes",
            "512B",
            "size",
            "Largest JSON object about a user, of the claim `roomcast.token.info-claim`. A larger one is left out, and "
                    + "the log says so.",
            Values.sizeBetween("2B", "4KiB", false));

    public static final Key<Integer> BATCH = new Key<>(
            "roomcast.limits.batch",
            "100",
            "number",
            "Maximum messages of one `publish`; one with more fails with `too_large`. They are stored in one step, and "
                    + "other rooms wait meanwhile.",
            Values.integerBetween(1, NewMessage.MOST));

    public static final Key<Long> OUTBOUND_BYTES = new Key<>(
            "roomcast.limits.outbound-bytes",
            "1MiB",
            "size",
            "Maximum bytes that wait for one session. Beyond it the node drops presence and signals, then messages, "
                    + "and tells the client. 0 for no limit.",
            Values.sizeBetween("256KiB", "1GiB", true));

    public static final Key<Long> NODE_OUTBOUND_BYTES = new Key<>(
            "roomcast.limits.node-outbound-bytes",
            "128MiB",
            "size",
            "Maximum bytes that wait for all sessions together, and never more than a quarter of the heap; a frame "
                    + "that several sessions wait for counts once. A session may have at most as many bytes as are "
                    + "left. A `history` is answered `busy` when nothing is left for its page. 0 for no other limit.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> NODE_INBOUND_BYTES = new Key<>(
            "roomcast.limits.node-inbound-bytes",
            "16MiB",
            "size",
            "Maximum bytes of unfinished WebSocket messages of all sessions together, and never more than an eighth of "
                    + "the heap. A session may have at most as many bytes as are left; one that needs more is closed "
                    + "with 1013. 0 for no other limit.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> LAG_BYTES = new Key<>(
            "roomcast.limits.lag-bytes",
            "8MiB",
            "size",
            "Maximum bytes of messages that wait for delivery in one room. From half of it on, a growing share of "
                    + "publishes fails with `busy`, and at the limit all of them; messages from other nodes are then "
                    + "read from the history later. 0 for no limit.",
            Values.sizeBetween("64KiB", "1GiB", true));

    public static final Key<Long> NODE_LAG_BYTES = new Key<>(
            "roomcast.limits.node-lag-bytes",
            "128MiB",
            "size",
            "Maximum bytes of messages that wait for delivery in all rooms of this node, and never more than an "
                    + "eighth of the heap; from half of it on, a growing share of publishes fails with `busy`, and "
                    + "at the limit all of them. 0 for no other limit.",
            Values.sizeBetween("1MiB", "1024GiB", true));

    public static final Key<Long> RECOVERY_RATE = new Key<>(
            "roomcast.limits.recovery-rate",
            "32MiB",
            "size",
            "Bytes a second of missed messages that this node sends to all returning clients together; beyond it "
                    + "they take turns. 0 for no limit.",
            Values.sizeBetween("64KiB", "1024GiB", true));

    public static final Key<Duration> LAG = new Key<>(
            "roomcast.limits.lag",
            "1s",
            "duration",
            "How long messages may wait for delivery in a room before all publishes to it fail with `busy`; from "
                    + "half of that time on, some do. 0 for no limit.",
            Values.durationBetween("0", "1m"));

    public static final Key<Duration> OUTBOUND_AGE = new Key<>(
            "roomcast.limits.outbound-age",
            "10s",
            "duration",
            "How long a client may read nothing of what is being sent to it; then it is closed with 4000. 0 for no "
                    + "limit.",
            Values.durationBetween("0", "1h"));

    public static final Key<Duration> MESSAGE_AGE = new Key<>(
            "roomcast.limits.message-age",
            "30s",
            "duration",
            "How long a WebSocket message may take from its first byte to its last; a slower one closes the session "
                    + "with 4005. 0 for no limit.",
            Values.durationBetween("0", "1h"));

    /** Rates that are limited for each session, each with a token bucket. */
    public static final List<Key<Integer>> SESSION_RATES =
            List.of(PUBLISH_RATE, REQUEST_RATE, BAD_FRAME_RATE, REFUSED_RATE, REMOVE_RATE, REFRESH_RATE, SEARCH_RATE);

    /** Limits of numbers and of rates, in the order of --help. */
    public static final List<Key<Integer>> NUMBERS = List.of(
            SESSIONS,
            USER_SESSIONS,
            ADDRESS_SESSIONS,
            ROOMS,
            NODE_ROOMS,
            NODE_MEMBERS,
            ROOM_USERS,
            META_ENTRIES,
            BATCH,
            PUBLISH_RATE,
            ROOM_PUBLISH_RATE,
            REQUEST_RATE,
            BAD_FRAME_RATE,
            REFUSED_RATE,
            REMOVE_RATE,
            REFRESH_RATE,
            SEARCH_RATE,
            IN_FLIGHT,
            NODE_IN_FLIGHT);

    /** Limits of bytes, and of bytes per second. */
    public static final List<Key<Long>> SIZES = List.of(
            FRAME_BYTES,
            CONTENT_BYTES,
            META_BYTES,
            INFO_BYTES,
            NODE_IN_FLIGHT_BYTES,
            OUTBOUND_BYTES,
            NODE_OUTBOUND_BYTES,
            NODE_INBOUND_BYTES,
            LAG_BYTES,
            NODE_LAG_BYTES,
            RECOVERY_RATE);

    /** Limits of durations. */
    public static final List<Key<Duration>> DURATIONS = List.of(OUTBOUND_AGE, MESSAGE_AGE, LAG);

    /**
     * Limits that reject the client that exceeds them, with an error or a close code. {@code
     * roomcast.slow.consumers} counts for {@link #OUTBOUND_BYTES} and {@link #OUTBOUND_AGE}.
     */
    public static final List<Key<?>> REFUSING = Stream.<List<? extends Key<?>>>of(
                    NUMBERS,
                    List.of(
                            FRAME_BYTES,
                            CONTENT_BYTES,
                            META_BYTES,
                            INFO_BYTES,
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
                doc + " 0 for no limit.",
                Values.integerBetween(0, MAX));
    }
}
