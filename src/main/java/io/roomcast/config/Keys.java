package io.roomcast.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The list of all keys, and the keys that belong to no other class. The names of keys do not change. */
public final class Keys {
    public static final Key<String> HOST = new Key<>(
            "roomcast.host",
            "127.0.0.1",
            "address",
            "Address that the embedded server listens on; `0.0.0.0` for all addresses.",
            Values.HOST);

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
            "Name of this node, unique in the cluster. If empty, the host name and a random part.",
            Values.matching("[A-Za-z0-9_.-]{0,64}", "up to 64 letters, digits and _ . -"));

    public static final Key<String> RELAY = new Key<>(
            "roomcast.relay",
            "local",
            "name",
            "What carries messages between nodes: `redis`, `nats`, `kafka` or `rabbitmq`, or `local` for a single node.",
            Values.oneOf("local", "redis", "nats", "kafka", "rabbitmq"));

    public static final Key<Integer> HISTORY_SIZE = new Key<>(
            "roomcast.history.size",
            "10000",
            "number",
            "Maximum number of messages kept of each room; 0 for none.",
            Values.integerBetween(0, 1_000_000));

    public static final Key<Duration> HISTORY_AGE = new Key<>(
            "roomcast.history.age",
            "1h",
            "duration",
            "How long messages are kept.",
            Values.durationBetween("1s", "365d"));

    public static final Key<Long> HISTORY_BYTES = new Key<>(
            "roomcast.history.bytes",
            "16MiB",
            "size",
            "Maximum bytes of messages kept of each room. Redis keeps up to an eighth more.",
            Values.sizeBetween("64KiB", "16GiB", false));

    public static final Key<Long> HISTORY_NODE_BYTES = new Key<>(
            "roomcast.history.node-bytes",
            "0",
            "size",
            "Memory for the messages and keys of all rooms together with `roomcast.relay=local`, `kafka` or `rabbitmq`; 0 for "
                    + "a quarter of the heap. The oldest messages go first. A key is kept for its five minutes; when there is no "
                    + "space for another key, the publisher gets `busy`. A sixteenth is left for rooms that begin. "
                    + "Redis has its `maxmemory` instead.",
            Values.sizeBetween("1MiB", "512GiB", true));

    public static final Key<Long> DEFLATE_THRESHOLD = new Key<>(
            "roomcast.deflate.threshold",
            "512B",
            "size",
            "Messages that go out together are compressed from this size on, for clients that ask for "
                    + "`roomcast.v1.deflate`.",
            Values.sizeBetween("1B", "1GiB", false));

    public static final Key<Duration> HEARTBEAT = new Key<>(
            "roomcast.heartbeat",
            "25s",
            "duration",
            "Interval of WebSocket pings to each session. A session that is silent for this time and ten seconds "
                    + "more is closed with 4003.",
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
            "Largest room that announces by name who comes and goes; larger rooms announce only counts.",
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
            "JNDI name of an application server's executor that delivers messages to members. If empty, threads of "
                    + "the node do.",
            Values.matching("|[A-Za-z0-9_.:/-]+", "a JNDI name such as java:comp/DefaultManagedExecutorService"));

    public static final Key<String> WEBROOT = new Key<>(
            "roomcast.webroot",
            "",
            "directory",
            "Directory of the web client on the embedded server; the launcher sets it.",
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
                    ArchiveKeys.ALL,
                    AccessKeys.ALL,
                    TokenKeys.ALL,
                    List.copyOf(LimitKeys.NUMBERS),
                    List.copyOf(LimitKeys.SIZES),
                    List.copyOf(LimitKeys.DURATIONS),
                    HttpKeys.ALL,
                    PollKeys.ALL,
                    OperationKeys.ALL,
                    MetricsKeys.ALL,
                    RedisKeys.ALL,
                    NatsKeys.ALL,
                    KafkaKeys.ALL,
                    RabbitKeys.ALL)
            .flatMap(List::stream)
            .toList();

    /** The keys that have a part in their names which the operator chooses, in the order of --help. */
    public static final List<KeyFamily<?>> FAMILIES =
            Stream.concat(Stream.of(TokenKeys.ROLES), RoomKeys.ALL.stream()).toList();

    private Keys() {}

    /**
     * Whether MicroProfile Config has made the name of a variable of the environment into another one, so that the key
     * is listed twice: SmallRye, which most servers use, takes underscores for dots, too.
     *
     * @param source the name of the source that has a value for the name; null if none has
     * @param environment the names of all variables
     */
    public static boolean isAlias(String name, String source, Set<String> environment) {
        return isOfFamily(name)
                && source != null
                && source.startsWith("EnvConfigSource")
                && !environment.contains(name);
    }

    /** Whether a name is one of a key of a family. */
    public static boolean isOfFamily(String name) {
        return FAMILIES.stream().anyMatch(family -> family.partOf(name).isPresent());
    }
}
