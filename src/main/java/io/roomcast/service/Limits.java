package io.roomcast.service;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The limits that may be changed while the node runs, as they are now. Any thread. */
public final class Limits {
    private static final long RETRY_AFTER_MS = 1_000;

    private final IdentityHashMap<Key<Integer>, AtomicInteger> values = new IdentityHashMap<>();
    private final NodeMetrics metrics;

    public Limits(RoomcastConfig config, NodeMetrics metrics) {
        this.metrics = metrics;
        LimitKeys.ALL.forEach(key -> values.put(key, new AtomicInteger(config.get(key))));
    }

    /** 0 for no limit. */
    public int get(Key<Integer> limit) {
        return values.get(limit).get();
    }

    /**
     * Changes a limit for what comes from now on; nobody who is in is put out.
     *
     * @param name of its key
     * @throws IllegalArgumentException when it is no such key, or no value for it
     */
    public void set(String name, String value) {
        Key<Integer> limit = LimitKeys.ALL.stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        name + " is no limit that can be changed; these are: " + String.join(", ", all().keySet())));
        try {
            values.get(limit).set(limit.parser().apply(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + "=" + value + " is not " + e.getMessage());
        }
    }

    /** By the names of their keys. */
    public Map<String, Integer> all() {
        Map<String, Integer> all = new LinkedHashMap<>();
        LimitKeys.ALL.forEach(key -> all.put(key.name(), get(key)));
        return all;
    }

    boolean allows(Key<Integer> limit, long count) {
        int most = get(limit);
        return most == 0 || count <= most;
    }

    /** @throws ProtocolException with {@code code}, when {@code count} is over the limit */
    void require(Key<Integer> limit, long count, ErrorCode code, String text) {
        if (!allows(limit, count)) {
            throw reached(limit, code, text, code == ErrorCode.BUSY ? Long.valueOf(RETRY_AFTER_MS) : null);
        }
    }

    /** The answer to somebody who came up against a limit; counts it. */
    ProtocolException reached(Key<Integer> limit, ErrorCode code, String text, Long retryAfterMs) {
        metrics.limitReached(limit.name());
        return new ProtocolException(code, text, retryAfterMs);
    }
}
