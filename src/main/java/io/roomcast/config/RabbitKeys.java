package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** Keys of {@code roomcast.relay=rabbitmq}. */
public final class RabbitKeys {
    public static final Key<List<String>> SERVERS = new Key<>(
            "roomcast.rabbitmq.servers",
            "rabbitmq-stream://127.0.0.1:5552",
            "URL,...",
            "Servers of one RabbitMQ cluster that have the streams, as `rabbitmq-stream://host:port,...`; "
                    + "`rabbitmq-stream+tls` for TLS. A node uses one of them, and the next one when it fails.",
            RabbitKeys::servers);

    public static final Key<String> VIRTUAL_HOST =
            new Key<>("roomcast.rabbitmq.virtual-host", "/", "text", "Virtual host of RabbitMQ.", text -> text);

    public static final Key<String> USER = new Key<>(
            "roomcast.rabbitmq.user",
            "guest",
            "text",
            "User of RabbitMQ, with `roomcast.rabbitmq.password`. RabbitMQ lets `guest` in from its own machine only.",
            text -> text);

    public static final Key<String> PASSWORD = new Key<>(
                    "roomcast.rabbitmq.password", "guest", "text", "Password of the user of RabbitMQ.", text -> text)
            .asSecret();

    public static final Key<String> TRUST = new Key<>(
            "roomcast.rabbitmq.trust",
            "",
            "file",
            "PEM file with the certificates that sign the certificates of RabbitMQ; connections are then encrypted. If "
                    + "empty, those that the Java runtime trusts.",
            text -> text);

    public static final Key<String> PREFIX = new Key<>(
            "roomcast.rabbitmq.prefix",
            "roomcast",
            "name",
            "Start of the names of all streams; one for each Roomcast cluster that shares a RabbitMQ.",
            Values.matching("[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits and _ -"));

    public static final Key<Integer> PARTITIONS = new Key<>(
            "roomcast.rabbitmq.partitions",
            "8",
            "number",
            "Streams that share the rooms. Used when the first node makes the streams.",
            Values.integerBetween(1, 128));

    public static final Key<Integer> REPLICAS = new Key<>(
            "roomcast.rabbitmq.replicas",
            "1",
            "number",
            "Servers that have each stream: 3 in a RabbitMQ cluster, of which two must store a message before it is "
                    + "acknowledged. Used when the first node makes the streams.",
            Values.integerBetween(1, 7));

    public static final Key<Duration> KEEP = new Key<>(
            "roomcast.rabbitmq.keep",
            "26h",
            "duration",
            "How long RabbitMQ keeps a message, in whole minutes. A room keeps its numbering for twelve thirteenths of this "
                    + "after the last one; that should not be less than `roomcast.history.age`. Used when the first node "
                    + "makes the streams.",
            Values.durationBetween("2h", "365d"));

    public static final Key<Duration> TIMEOUT = new Key<>(
            "roomcast.rabbitmq.timeout",
            "2s",
            "duration",
            "How long RabbitMQ may take to accept a connection, and to answer.",
            Values.durationBetween("500ms", "1m"));

    static final List<Key<?>> ALL =
            List.of(SERVERS, VIRTUAL_HOST, USER, PASSWORD, TRUST, PREFIX, PARTITIONS, REPLICAS, KEEP, TIMEOUT);

    private RabbitKeys() {}

    private static List<String> servers(String text) {
        List<String> servers = Values.list(text);
        boolean valid = !servers.isEmpty()
                && servers.stream()
                        .allMatch(server -> server.matches(
                                "(rabbitmq-stream(\\+tls)?://)?([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(:\\d{1,5})?"));
        if (!valid) {
            throw new IllegalArgumentException(
                    "rabbitmq-stream://host:port or rabbitmq-stream+tls://host:port, separated by commas; user and "
                            + "password have keys of their own");
        }
        return servers;
    }
}
