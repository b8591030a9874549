package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** Keys for metrics: who may read them, and a StatsD server that the node sends them to. */
public final class MetricsKeys {
    public static final Key<Networks> NETWORKS = new Key<>(
            "roomcast.metrics.networks",
            "loopback,private",
            "networks",
            "Networks from which `/metrics` may be read, such as `10.0.0.0/8,2001:db8::/32`; others get 403. "
                    + "`loopback` is this machine, `private` the networks that the internet does not route, `any` "
                    + "everybody.",
            Networks::parse);

    public static final Key<String> STATSD = new Key<>(
            "roomcast.metrics.statsd",
            "",
            "host:port",
            "StatsD server, as `host:port`, that all metrics are sent to, over UDP. If empty, none.",
            Values.matching(
                    "|([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])"
                            + ":([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])",
                    "a host and a port from 1 to 65535, such as 127.0.0.1:8125"));

    public static final Key<String> STATSD_FLAVOR = new Key<>(
            "roomcast.metrics.statsd.flavor",
            "etsy",
            "name",
            "How labels are written: `etsy` for parts of the name, `datadog` for tags.",
            Values.oneOf("etsy", "datadog"));

    public static final Key<Duration> STATSD_INTERVAL = new Key<>(
            "roomcast.metrics.statsd.interval",
            "10s",
            "duration",
            "How often metrics are sent to the StatsD server.",
            Values.durationBetween("1s", "10m"));

    static final List<Key<?>> ALL = List.of(NETWORKS, STATSD, STATSD_FLAVOR, STATSD_INTERVAL);

    private MetricsKeys() {}
}
