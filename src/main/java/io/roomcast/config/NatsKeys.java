package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** Keys of {@code roomcast.relay=nats}. */
public final class NatsKeys {
    public static final Key<List<String>> SERVERS = new Key<>(
            "roomcast.nats.servers",
            "nats://127.0.0.1:4222",
            "URL,...",
            "Servers of one NATS cluster, as `nats://host:port,...`; `tls` for TLS. The servers name the others.",
            NatsKeys::servers);

    public static final Key<String> USER =
            new Key<>("roomcast.nats.user", "", "text", "User of NATS, with `roomcast.nats.password`.", text -> text);

    public static final Key<String> PASSWORD =
            new Key<>("roomcast.nats.password", "", "text", "Password of the user of NATS.", text -> text).asSecret();

    public static final Key<String> TOKEN =
            new Key<>("roomcast.nats.token", "", "text", "Token for NATS, instead of a user.", text -> text).asSecret();

    public static final Key<String> TRUST = new Key<>(
            "roomcast.nats.trust",
            "",
            "file",
            "PEM file with the certificates that sign the certificates of NATS; connections are then encrypted. If "
                    + "empty, those that the Java runtime trusts.",
            text -> text);

    public static final Key<String> PREFIX = new Key<>(
            "roomcast.nats.prefix",
            "roomcast",
            "name",
            "Start of all names of streams and subjects in NATS; one for each Roomcast cluster that shares a NATS.",
            Values.matching("[A-Za-z0-9_-]{1,32}", "1 to 32 letters, digits and _ -"));

    public static final Key<Integer> REPLICAS = new Key<>(
            "roomcast.nats.replicas",
            "1",
            "number",
            "Servers that store each message before it is acknowledged: 3 or 5 in a NATS cluster, with NATS 2.15 or "
                    + "later. Used when the first node makes the streams.",
            Values.integerBetween(1, 5));

    public static final Key<Integer> ROOM_MESSAGES = new Key<>(
            "roomcast.nats.room-messages",
            "10000",
            "number",
            "Most messages that NATS keeps of each room; a larger `roomcast.history.size` has no effect. Used when the "
                    + "first node makes the streams.",
            Values.integerBetween(100, 1_000_000));

    public static final Key<Duration> KEEP = new Key<>(
            "roomcast.nats.keep",
            "25h",
            "duration",
            "How long NATS keeps a message, and a room its numbering after the last one; not less than "
                    + "`roomcast.history.age`. Used when the first node makes the streams.",
            Values.durationBetween("10m", "365d"));

    public static final Key<Duration> TIMEOUT = new Key<>(
            "roomcast.nats.timeout",
            "2s",
            "duration",
            "How long NATS may take to accept a connection, and to answer.",
            Values.durationBetween("100ms", "1m"));

    static final List<Key<?>> ALL =
            List.of(SERVERS, USER, PASSWORD, TOKEN, TRUST, PREFIX, REPLICAS, ROOM_MESSAGES, KEEP, TIMEOUT);

    private NatsKeys() {}

    private static List<String> servers(String text) {
        List<String> servers = Values.list(text);
        boolean valid = !servers.isEmpty()
                && servers.stream()
                        .allMatch(server ->
                                server.matches("((nats|tls)://)?([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])(:\\d{1,5})?"));
        if (!valid) {
            throw new IllegalArgumentException(
                    "nats://host:port or tls://host:port, separated by commas; user, password and token have keys of "
                            + "their own");
        }
        return servers;
    }
}
