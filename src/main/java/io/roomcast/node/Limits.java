package io.roomcast.node;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Content;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The limits that may be changed while the node runs, as they are now. Any thread. */
public final class Limits {
    private static final Logger LOG = System.getLogger(Limits.class.getName());
    public static final long RETRY_AFTER_MS = 1_000;
    /** Of heap: measured 1,950 bytes for a room with one member in it, 500 for each further member. */
    private static final long ROOM_BYTES = 2_048;

    private static final long MEMBER_BYTES = 1_024;

    /** In the unit of each: things, bytes, milliseconds. */
    private final Map<String, AtomicLong> values = new LinkedHashMap<>();

    private final Map<String, Function<String, Long>> parsers = new HashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final NodeMetrics metrics;
    private final long files = FileDescriptors.sessions();
    /** What this process has space for, whatever a limit says. */
    private final Map<String, Long> ceilings;

    public Limits(RoomcastConfig config, NodeMetrics metrics) {
        this(config, metrics, Runtime.getRuntime().maxMemory());
    }

    /** @param heap bytes that this process may have */
    Limits(RoomcastConfig config, NodeMetrics metrics, long heap) {
        this.metrics = metrics;
        this.ceilings = Map.of(
                LimitKeys.SESSIONS.name(), files,
                LimitKeys.NODE_ROOMS.name(), heap / 8 / ROOM_BYTES,
                LimitKeys.NODE_MEMBERS.name(), heap / 4 / MEMBER_BYTES,
                LimitKeys.NODE_OUTBOUND_BYTES.name(), heap / 4,
                LimitKeys.NODE_LAG_BYTES.name(), heap / 8,
                LimitKeys.NODE_IN_FLIGHT_BYTES.name(), heap / 8,
                LimitKeys.NODE_INBOUND_BYTES.name(), heap / 8);
        LimitKeys.COUNTS.forEach(key -> add(config, key, Integer::longValue));
        LimitKeys.SIZES.forEach(key -> add(config, key, size -> size));
        LimitKeys.DURATIONS.forEach(key -> add(config, key, Duration::toMillis));
        if (get(LimitKeys.SESSIONS) > files
                && get(LimitKeys.SESSIONS) != LimitKeys.SESSIONS.parser().apply(LimitKeys.SESSIONS.defaultText())) {
            LOG.log(
                    Level.WARNING,
                    "This process may open too few files for {0}={1}: it takes {2} sessions. Let it open more (ulimit -n)",
                    LimitKeys.SESSIONS.name(),
                    Long.toString(get(LimitKeys.SESSIONS)),
                    Long.toString(files));
        }
    }

    private <T> void add(RoomcastConfig config, Key<T> key, ToLongFunction<T> number) {
        values.put(key.name(), new AtomicLong(number.applyAsLong(config.get(key))));
        parsers.put(key.name(), text -> number.applyAsLong(key.parser().apply(text)));
    }

    /** In the unit of its kind: a count, bytes, or milliseconds; 0 for no limit. */
    public long get(Key<?> limit) {
        return values.get(limit.name()).get();
    }

    /**
     * Changes a limit for what comes from now on; nobody who is in is put out.
     *
     * @param name of its key
     * @param value as in the configuration, with its unit
     * @throws IllegalArgumentException when it is no such key, or no value for it
     */
    public void set(String name, String value) {
        Function<String, Long> parser = parsers.get(name);
        if (parser == null) {
            throw new IllegalArgumentException(
                    name + " is no limit that can be changed; these are: " + String.join(", ", values.keySet()));
        }
        try {
            values.get(name).set(parser.apply(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + "=" + value + " is not " + e.getMessage());
        }
        listeners.forEach(Runnable::run);
    }

    /** Runs {@code listener} after each change, on the thread that makes it. */
    public void whenChanged(Runnable listener) {
        listeners.add(listener);
    }

    /** By the names of their keys: counts, bytes, milliseconds. */
    public Map<String, Long> all() {
        Map<String, Long> all = new LinkedHashMap<>();
        values.forEach((name, value) -> all.put(name, value.get()));
        return all;
    }

    /**
     * The limit of bytes that the node holds of something: the configured one, and at most a part of the heap.
     *
     * @param limit one of the {@code NODE_..._BYTES}
     * @return never 0
     */
    public long bytes(Key<Long> limit) {
        long most = get(limit);
        long ceiling = ceilings.get(limit.name());
        return most == 0 ? ceiling : Math.min(most, ceiling);
    }

    public boolean allows(Key<Integer> limit, long count) {
        long most = get(limit);
        return (most == 0 || count <= most) && count <= ceilings.getOrDefault(limit.name(), Long.MAX_VALUE);
    }

    /** @throws ProtocolException with {@code code}, when {@code count} is over the limit */
    public void require(Key<Integer> limit, long count, ErrorCode code, String text) {
        if (!allows(limit, count)) {
            throw reached(limit, code, text, code == ErrorCode.BUSY ? Long.valueOf(RETRY_AFTER_MS) : null);
        }
    }

    /** @throws ProtocolException {@code busy}, when {@code bytes} are over the limit */
    public void requireBytes(Key<Long> limit, long bytes, String text) {
        if (bytes > bytes(limit)) {
            throw reached(limit, ErrorCode.BUSY, text, RETRY_AFTER_MS);
        }
    }

    /** @throws ProtocolException {@code too_large} */
    public void requireSize(Content content) {
        long most = get(LimitKeys.CONTENT_BYTES);
        if (content.bytes() > most) {
            throw reached(
                    LimitKeys.CONTENT_BYTES,
                    ErrorCode.TOO_LARGE,
                    "content has " + content.bytes() + " bytes, " + most + " are allowed",
                    null);
        }
    }

    /** The answer to a request that is over a limit; counts it. */
    public ProtocolException reached(Key<?> limit, ErrorCode code, String text, Long retryAfterMs) {
        metrics.limitReached(limit.name());
        return new ProtocolException(code, text, retryAfterMs);
    }
}
