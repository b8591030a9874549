package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** Keys for those who operate a node. */
public final class OperationKeys {
    public static final Key<String> API_KEY = new Key<>(
            "roomcast.api.key",
            "",
            "secret",
            "What back ends send to use the server API; the API is off without it and without roomcast.api.claim.",
            Values.matching("(\\p{Graph}{16,256})?", "a secret of 16 to 256 printable ASCII characters"));

    public static final Key<String> API_CLAIM = new Key<>(
            "roomcast.api.claim",
            "",
            "name",
            "Claim of a token that says what its bearer may do with the server API: publish, read, operate. Tokens mean nothing to it"
                    + " where this is empty.",
            text -> text);

    public static final Key<Duration> DRAIN_WINDOW = new Key<>(
            "roomcast.drain.window",
            "30s",
            "duration",
            "Time over which a drain, or a rebalance, sends its sessions away, where whoever asks names no other.",
            Values.durationBetween("0", "1h"));

    public static final Key<Duration> DRAIN_STOP_WINDOW = new Key<>(
            "roomcast.drain.stop-window",
            "2s",
            "duration",
            "Time over which all sessions are sent away when the node stops.",
            Values.durationBetween("0", "5m"));

    static final List<Key<?>> ALL = List.of(API_KEY, API_CLAIM, DRAIN_WINDOW, DRAIN_STOP_WINDOW);

    private OperationKeys() {}
}
