package io.roomcast.config;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The list of all keys, and the keys that belong to no other class. The names of keys do not change. */
public final class Keys {
    public static final Key<String> HOST = new Key<>(
            "roomcast.host",
            "127.0.0.1",
            "address",
            "Address that the embedded server listens on; 0.0.0.0 for all addresses.",
            Values.matching("[A-Za-z0-9_.:%-]+", "an address or a host name"));

    public static final Key<Integer> PORT = new Key<>(
            "roomcast.port",
            "8080",
            "number",
            "Port that the embedded server listens on; 0 for any free one.",
            Values.integerBetween(0, 65_535));

    public static final Key<String> NODE = new Key<>(
            "roomcast.node",
            "",
            "name",
            "Name of this node, unique among the nodes. If empty, the host name and a random part.",
            Values.matching("[A-Za-z0-9_.-]{0,64}", "up to 64 letters, digits and _ . -"));

    public static final Key<String> RELAY = new Key<>(
            "roomcast.relay",
            "local",
            "name",
            "Relay of messages between nodes: redis, or local for a single node.",
            Values.oneOf("local", "redis"));

    public static final Key<Integer> HISTORY_SIZE = new Key<>(
            "roomcast.history.size",
            "10000",
            "number",
            "Most messages in the history of a room.",
            Values.integerBetween(0, 1_000_000));

    public static final Key<Duration> HISTORY_AGE = new Key<>(
            "roomcast.history.age",
            "1h",
            "duration",
            "How long messages stay in the history.",
            Values.durationBetween("1s", "365d"));

    public static final Key<Long> HISTORY_BYTES = new Key<>(
            "roomcast.history.bytes",
            "16MiB",
            "size",
            "Most bytes of messages in the history of a room (local relay).",
            Values.sizeBetween("64KiB", "16GiB", false));

    public static final Key<Long> HISTORY_NODE_BYTES = new Key<>(
            "roomcast.history.node-bytes",
            "0",
            "size",
            "Most memory for the history of all rooms together (local relay); 0 for a quarter of the heap.",
            Values.sizeBetween("1MiB", "512GiB", true));

    public static final Key<Long> DEFLATE_THRESHOLD = new Key<>(
            "roomcast.deflate.threshold",
            "512B",
            "size",
            "Size from which on a frame of messages is compressed, for clients of the subprotocol roomcast.v1.deflate.",
            Values.sizeBetween("1B", "1GiB", false));

    public static final Key<Duration> HEARTBEAT = new Key<>(
            "roomcast.heartbeat",
            "25s",
            "duration",
            "How often the node sends a WebSocket ping to each session.",
            Values.durationBetween("1s", "1h"));

    public static final Key<Duration> PRESENCE_GRACE = new Key<>(
            "roomcast.presence.grace",
            "3s",
            "duration",
            "How long a user whose connection broke stays in the room, so that a reconnect is not announced.",
            Values.durationBetween("0", "5m"));

    public static final Key<Integer> PRESENCE_NAMES = new Key<>(
            "roomcast.presence.names",
            "200",
            "number",
            "Largest room that announces joins and leaves by name; larger rooms announce only counts.",
            Values.integerBetween(0, 100_000));

    public static final Key<Integer> THREADS = new Key<>(
            "roomcast.threads",
            "0",
            "number",
            "Threads that deliver messages to members; 0 for one for each core.",
            Values.integerBetween(0, 1_024));

    public static final Key<String> EXECUTOR = new Key<>(
            "roomcast.executor",
            "",
            "JNDI name",
            "Executor of the application server that delivers messages to members, instead of threads of the node.",
            Values.matching("|[A-Za-z0-9_.:/-]+", "a JNDI name such as java:comp/DefaultManagedExecutorService"));

    public static final Key<String> WEBROOT = new Key<>(
            "roomcast.webroot",
            "",
            "directory",
            "Directory of the web client on the embedded server; set by the launcher.",
            text -> text);

    /** All keys, in the order of --help. */
    public static final List<Key<?>> ALL = Stream.<List<Key<?>>>of(
                    List.of(
                            HOST,
                            PORT,
                            NODE,
                            RELAY,
                            HISTORY_SIZE,
                            HISTORY_AGE,
                            HISTORY_BYTES,
                            HISTORY_NODE_BYTES,
                            DEFLATE_THRESHOLD,
                            HEARTBEAT,
                            PRESENCE_GRACE,
                            PRESENCE_NAMES,
                            THREADS,
                            EXECUTOR,
                            WEBROOT),
                    AccessKeys.ALL,
                    List.copyOf(LimitKeys.NUMBERS),
                    List.copyOf(LimitKeys.SIZES),
                    List.copyOf(LimitKeys.DURATIONS),
                    HttpKeys.ALL,
                    OperationKeys.ALL,
                    MetricsKeys.ALL,
                    RedisKeys.ALL)
            .flatMap(List::stream)
            .toList();

    private Keys() {}
}
