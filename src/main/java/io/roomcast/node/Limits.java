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

/** The current values of the limits that can be changed while the node runs. Any thread. */
public final class Limits {
    private static final Logger LOG = System.getLogger(Limits.class.getName());
    /** Milliseconds after which clients may repeat a request that a limit refused. */
    public static final long RETRY_AFTER_MS = 1_000;
    /** Heap that a room with one member needs, rounded up. */
    private static final long ROOM_BYTES = 2_048;
    /** Heap that a further member of a room needs, rounded up. */
    private static final long MEMBER_BYTES = 1_024;

    /** By the name of the key. Each value is a count, bytes or milliseconds. */
    private final Map<String, AtomicLong> values = new LinkedHashMap<>();

    private final Map<String, Function<String, Long>> parsers = new HashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final NodeMetrics metrics;
    private final long maxSessions = FileDescriptors.sessions();
    /** The highest limits for which this process has memory and files, by the name of the key. */
    private final Map<String, Long> ceilings;

    public Limits(RoomcastConfig config, NodeMetrics metrics) {
        this(config, metrics, Runtime.getRuntime().maxMemory());
    }

    /** @param heap the most bytes that the heap of this process may have */
    Limits(RoomcastConfig config, NodeMetrics metrics, long heap) {
        this.metrics = metrics;
        this.ceilings = Map.of(
                LimitKeys.SESSIONS.name(), maxSessions,
                LimitKeys.NODE_ROOMS.name(), heap / 8 / ROOM_BYTES,
                LimitKeys.NODE_MEMBERS.name(), heap / 4 / MEMBER_BYTES,
                LimitKeys.NODE_OUTBOUND_BYTES.name(), heap / 4,
                LimitKeys.NODE_LAG_BYTES.name(), heap / 8,
                LimitKeys.NODE_IN_FLIGHT_BYTES.name(), heap / 8,
                LimitKeys.NODE_INBOUND_BYTES.name(), heap / 8);
        LimitKeys.NUMBERS.forEach(key -> add(config, key, Integer::longValue));
        LimitKeys.SIZES.forEach(key -> add(config, key, size -> size));
        LimitKeys.DURATIONS.forEach(key -> add(config, key, Duration::toMillis));
        if (get(LimitKeys.SESSIONS) > maxSessions
                && get(LimitKeys.SESSIONS) != LimitKeys.SESSIONS.parser().apply(LimitKeys.SESSIONS.defaultText())) {
            LOG.log(
                    Level.WARNING,
                    "This process may open too few files for {0}={1}. It accepts {2} sessions. "
                            + "Raise its limit of open files (ulimit -n)",
                    LimitKeys.SESSIONS.name(),
                    Long.toString(get(LimitKeys.SESSIONS)),
                    Long.toString(maxSessions));
        }
    }

    private <T> void add(RoomcastConfig config, Key<T> key, ToLongFunction<T> number) {
        values.put(key.name(), new AtomicLong(number.applyAsLong(config.get(key))));
        parsers.put(key.name(), text -> number.applyAsLong(key.parser().apply(text)));
    }

    /** A count, bytes or milliseconds, as the kind of the key says; 0 for no limit. */
    public long get(Key<?> limit) {
        return values.get(limit.name()).get();
    }

    /**
     * Changes a limit until the node restarts. The new value applies to later requests. Sessions and members that
     * exceed the new limit stay.
     *
     * @param name the name of the key
     * @param value as in the configuration, with its unit
     * @throws IllegalArgumentException if no limit has this name, or the value is not valid for it
     */
    public void set(String name, String value) {
        long next = check(name, value);
        values.get(name).set(next);
        listeners.forEach(Runnable::run);
    }

    /**
     * Checks what {@link #set} would do, and changes nothing.
     *
     * @return the value as a count, bytes or milliseconds
     * @throws IllegalArgumentException as {@link #set}
     */
    public long check(String name, String value) {
        Function<String, Long> parser = name == null ? null : parsers.get(name);
        if (parser == null) {
            throw new IllegalArgumentException(LogText.of(name) + " is no limit that can be changed; these are: "
                    + String.join(", ", values.keySet()));
        }
        try {
            return parser.apply(value == null ? "" : value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + "=" + LogText.of(value) + " is not " + e.getMessage());
        }
    }

    /** Registers {@code listener}. It runs after each change, on the thread that calls {@link #set}. */
    public void whenChanged(Runnable listener) {
        listeners.add(listener);
    }

    /** All limits by the names of their keys: counts, bytes or milliseconds. */
    public Map<String, Long> all() {
        Map<String, Long> all = new LinkedHashMap<>();
        values.forEach((name, value) -> all.put(name, value.get()));
        return all;
    }

    /**
     * The limit of the bytes that the node holds for one purpose. The limit is the configured value, but at most a
     * fixed share of the heap. Only the keys {@code NODE_..._BYTES} have a share of the heap. For any other size, this
     * is the configured value.
     *
     * @return bytes; 0 for no limit, which only a size without a share of the heap can have
     */
    public long effectiveBytes(Key<Long> limit) {
        long most = get(limit);
        Long ceiling = ceilings.get(limit.name());
        if (ceiling == null) {
            return most;
        }
        return most == 0 ? ceiling : Math.min(most, ceiling);
    }

    /** Whether {@code count} is within the limit, and this process has memory and files for it. */
    public boolean allows(Key<Integer> limit, long count) {
        long most = get(limit);
        return (most == 0 || count <= most) && count <= ceilings.getOrDefault(limit.name(), Long.MAX_VALUE);
    }

    /** @throws ProtocolException with {@code code} and {@code text}, if {@code count} exceeds the limit */
    public void require(Key<Integer> limit, long count, ErrorCode code, String text) {
        if (!allows(limit, count)) {
            throw exceeded(limit, code, text, code == ErrorCode.BUSY ? Long.valueOf(RETRY_AFTER_MS) : null);
        }
    }

    /** @throws ProtocolException {@code busy}, if {@code bytes} exceeds {@link #effectiveBytes} */
    public void requireBytes(Key<Long> limit, long bytes, String text) {
        long most = effectiveBytes(limit);
        if (most > 0 && bytes > most) {
            throw exceeded(limit, ErrorCode.BUSY, text, RETRY_AFTER_MS);
        }
    }

    /** @throws ProtocolException {@code too_large}, if the content has more bytes than the limit */
    public void requireSize(Content content) {
        long most = get(LimitKeys.CONTENT_BYTES);
        if (content.bytes() > most) {
            throw exceeded(
                    LimitKeys.CONTENT_BYTES,
                    ErrorCode.TOO_LARGE,
                    "content has " + content.bytes() + " bytes, " + most + " are allowed",
                    null);
        }
    }

    /**
     * Counts that a limit was exceeded, and makes the error for the request. The caller throws the error.
     *
     * @param retryAfterMs null if a later attempt would not help
     */
    public ProtocolException exceeded(Key<?> limit, ErrorCode code, String text, Long retryAfterMs) {
        metrics.limitReached(limit.name());
        return new ProtocolException(code, text, retryAfterMs);
    }
}
