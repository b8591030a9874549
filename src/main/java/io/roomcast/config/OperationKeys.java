package io.roomcast.config;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** Keys for the operation of a node. */
public final class OperationKeys {
    public static final Key<String> API_KEY = new Key<>(
            "roomcast.api.key",
            "",
            "secret",
            "Secret of the server API, 16 to 256 printable ASCII characters, which back ends send as a bearer token. "
                    + "The API is off if neither this nor `roomcast.api.claim` is set.",
            Values.matching("(\\p{Graph}{16,256})?", "a secret of 16 to 256 printable ASCII characters"));

    public static final Key<String> API_CLAIM = new Key<>(
            "roomcast.api.claim",
            "",
            "name",
            "Claim of a token that says what its bearer may do with the server API: `publish`, `read`, `operate`. If "
                    + "empty, the API takes no tokens.",
            text -> text);

    public static final Key<Networks> API_NETWORKS = new Key<>(
            "roomcast.api.networks",
            "any",
            "networks",
            "Networks from which the server API may be called, as `roomcast.metrics.networks`; others get 403.",
            Networks::parse);

    public static final Key<Networks> HEALTH_NETWORKS = new Key<>(
            "roomcast.health.networks",
            "any",
            "networks",
            "Networks from which `/health` may be read, as `roomcast.metrics.networks`; others get 403.",
            Networks::parse);

    public static final Key<OptionalInt> PORT = new Key<>(
            "roomcast.operations.port",
            "",
            "number",
            "Port of the embedded server for metrics and the server API, which its other port then does not have; "
                    + "health is on both. 0 for any free one. If empty, all are on one port.",
            text -> text.isEmpty()
                    ? OptionalInt.empty()
                    : OptionalInt.of(Values.integerBetween(0, 65_535).apply(text)));

    public static final Key<String> HOST = new Key<>(
            "roomcast.operations.host",
            "127.0.0.1",
            "address",
            "Address that the embedded server listens on with `roomcast.operations.port`; `0.0.0.0` for all addresses.",
            Values.HOST);

    public static final Key<Duration> DRAIN_WINDOW = new Key<>(
            "roomcast.drain.window",
            "30s",
            "duration",
            "Time over which a drain or a rebalance closes its sessions, unless the request names another.",
            Values.durationBetween("0", "1h"));

    public static final Key<Duration> DRAIN_STOP_WINDOW = new Key<>(
            "roomcast.drain.stop-window",
            "2s",
            "duration",
            "Time over which all sessions are closed when the node stops.",
            Values.durationBetween("0", "5m"));

    public static final Key<Duration> WARMUP = new Key<>(
            "roomcast.warmup",
            "0",
            "duration",
            "How long a node that has started exercises its own code before it is ready, so that the first clients cost "
                    + "as little as later ones; 0 for not at all. Two cores need 5s.",
            Values.durationBetween("0", "5m"));

    public static final Key<String> LOG_FORMAT = new Key<>(
            "roomcast.log.format",
            "text",
            "name",
            "How the embedded server writes its log to standard error: `text`, or `json` for one JSON object a line. "
                    + "Application servers have formats of their own.",
            Values.oneOf("text", "json"));

    public static final Key<String> SHOWN_ADDRESSES = new Key<>(
            "roomcast.privacy.addresses",
            "short",
            "name",
            "What operators see of a client's address in lists of sessions and refusals: `full`, `short` (the first 24 "
                    + "bits of an IPv4 address, 48 of IPv6) or `none`.",
            Values.oneOf("full", "short", "none"));

    public static final Key<Integer> REFUSALS_KEPT = new Key<>(
            "roomcast.refusals.kept",
            "500",
            "number",
            "How many of its last refusals a node keeps for operators; 0 for none.",
            Values.integerBetween(0, 10_000));

    static final List<Key<?>> ALL = List.of(
            API_KEY,
            API_CLAIM,
            API_NETWORKS,
            HEALTH_NETWORKS,
            PORT,
            HOST,
            DRAIN_WINDOW,
            DRAIN_STOP_WINDOW,
            WARMUP,
            LOG_FORMAT,
            SHOWN_ADDRESSES,
            REFUSALS_KEPT);

    private OperationKeys() {}
}
