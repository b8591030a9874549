package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** Keys of {@code roomcast.relay=redis}. */
public final class RedisKeys {
    public static final Key<String> URI = new Key<>(
                    "roomcast.redis.uri",
                    "redis://127.0.0.1:6379",
                    "URI",
                    "Address of Redis: `redis://[[user]:password@]host[:port][/database]`; `rediss` for TLS. "
                            + "Percent-encode characters that have a meaning in a URI.",
                    Values.matching(
                            "rediss?://\\S+", "redis://[[user]:password@]host[:port][/database], or rediss:// for TLS"))
            .asSecret();

    public static final Key<String> SENTINEL_MASTER = new Key<>(
            "roomcast.redis.sentinel.master",
            "",
            "name",
            "Name of the master that the sentinels watch. Used with `roomcast.redis.sentinel.nodes`.",
            text -> text);

    public static final Key<List<String>> SENTINEL_NODES = new Key<>(
            "roomcast.redis.sentinel.nodes",
            "",
            "host:port,...",
            "Sentinels that know the master's address, as `host:port,...`. They replace the address in the URI.",
            Values::list);

    public static final Key<String> SENTINEL_PASSWORD = new Key<>(
                    "roomcast.redis.sentinel.password",
                    "",
                    "text",
                    "Password of the sentinels themselves.",
                    text -> text)
            .asSecret();

    public static final Key<List<String>> CLUSTER_NODES = new Key<>(
            "roomcast.redis.cluster.nodes",
            "",
            "host:port,...",
            "Some servers of a Redis Cluster, as `host:port,...`. They replace the address in the URI.",
            Values::list);

    public static final Key<String> TRUST = new Key<>(
            "roomcast.redis.trust",
            "",
            "file",
            "PEM file with the certificates that sign the certificate of Redis. If empty, those that the Java "
                    + "runtime trusts.",
            text -> text);

    public static final Key<String> PREFIX = new Key<>(
            "roomcast.redis.prefix",
            "roomcast",
            "name",
            "Start of all names of keys and channels in Redis; one for each Roomcast cluster that shares a Redis.",
            Values.matching("[A-Za-z0-9_.:-]{1,64}", "1 to 64 letters, digits and _ . : -"));

    public static final Key<Duration> TIMEOUT = new Key<>(
            "roomcast.redis.timeout",
            "2s",
            "duration",
            "How long Redis may take to accept a connection, and to answer.",
            Values.durationBetween("100ms", "1m"));

    static final List<Key<?>> ALL =
            List.of(URI, SENTINEL_MASTER, SENTINEL_NODES, SENTINEL_PASSWORD, CLUSTER_NODES, TRUST, PREFIX, TIMEOUT);

    private RedisKeys() {}
}
