package io.roomcast.node;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Content;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Meta;
import io.roomcast.protocol.Payload;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.User;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The current values of the limits that can be changed while the node runs. A value is never more than this process has
 * memory and files for. Any thread.
 */
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

    private final Map<String, Key<?>> keys = new HashMap<>();
    private final Map<String, Function<String, Long>> parsers = new HashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final NodeMetrics metrics;
    /** The highest limits for which this process has memory and files, by the name of the key. */
    private final Map<String, Long> ceilings;

    public Limits(RoomcastConfig config, NodeMetrics metrics) {
        this(config, metrics, Runtime.getRuntime().maxMemory(), FileDescriptors.sessions());
    }

    /**
     * @param heap the most bytes that the heap of this process may have
     * @param maxSessions the most sessions for which this process has files
     */
    Limits(RoomcastConfig config, NodeMetrics metrics, long heap, long maxSessions) {
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
    }

    private <T> void add(RoomcastConfig config, Key<T> key, ToLongFunction<T> number) {
        long configured = number.applyAsLong(config.get(key));
        long possible = possible(key.name(), configured);
        boolean isDefault = configured == number.applyAsLong(key.parser().apply(key.defaultText()));
        if (possible != configured && configured != 0 && !isDefault) {
            LOG.log(Level.WARNING, tooFew(key, configured, possible));
        }
        values.put(key.name(), new AtomicLong(possible));
        keys.put(key.name(), key);
        parsers.put(key.name(), text -> number.applyAsLong(key.parser().apply(text)));
    }

    /** The value, but at most what this process has memory and files for. 0 stands for no limit. */
    private long possible(String name, long value) {
        long ceiling = ceilings.getOrDefault(name, Long.MAX_VALUE);
        return ceiling == Long.MAX_VALUE ? value : value == 0 ? ceiling : Math.min(value, ceiling);
    }

    private static String tooFew(Key<?> key, long wanted, long possible) {
        String reason = key.equals(LimitKeys.SESSIONS)
                ? "may open too few files (ulimit -n)"
                : "may use too little memory (-Xmx)";
        return "This process " + reason + " for " + key.name() + "=" + key.text(wanted) + "; the limit is "
                + key.text(possible);
    }

    /**
     * The limit that holds: a count, bytes or milliseconds, as the kind of the key says; 0 for no limit. A limit of what
     * the whole node holds is never 0, because its memory and files are limited.
     */
    public long get(Key<?> limit) {
        return values.get(limit.name()).get();
    }

    /**
     * Changes a limit until the node restarts. The new value applies to later requests. Sessions and members that
     * exceed the new limit stay.
     *
     * @param name the name of the key
     * @param value as in the configuration, with its unit
     * @param author who changes it
     * @return the limit that holds now, as in the configuration. If this process has too little memory or too few files
     *     for the value, the limit is what it has
     * @throws IllegalArgumentException if no limit has this name, or the value is not valid for it
     */
    public String set(String name, String value, Author author) {
        long wanted = check(name, value);
        Key<?> key = keys.get(name);
        long possible = possible(name, wanted);
        long before = values.get(name).getAndSet(possible);
        listeners.forEach(Runnable::run);
        LOG.log(
                Level.INFO,
                name + " was changed from " + key.text(before) + " to " + key.text(possible) + ", by " + author.text());
        return possible == wanted || wanted == 0 ? name + "=" + key.text(possible) : tooFew(key, wanted, possible);
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

    /** The limit that holds, as in the configuration; null if no limit has this name. */
    public String text(String name) {
        Key<?> key = keys.get(name);
        return key == null ? null : key.text(get(key));
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

    /** Whether {@code count} is within the limit. */
    public boolean allows(Key<Integer> limit, long count) {
        long most = get(limit);
        return most == 0 || count <= most;
    }

    /** @throws ProtocolException with {@code code} and {@code text}, if {@code count} exceeds the limit */
    public void require(Key<Integer> limit, long count, ErrorCode code, String text) {
        if (!allows(limit, count)) {
            throw exceeded(limit, code, text, code == ErrorCode.BUSY ? Long.valueOf(RETRY_AFTER_MS) : null);
        }
    }

    /** @throws ProtocolException {@code busy}, if {@code bytes} exceeds the limit */
    public void requireBytes(Key<Long> limit, long bytes, String text) {
        long most = get(limit);
        if (most > 0 && bytes > most) {
            throw exceeded(limit, ErrorCode.BUSY, text, RETRY_AFTER_MS);
        }
    }

    /** @throws ProtocolException {@code too_large}, if the content has more bytes than the limit */
    public void requireSize(Content content) {
        requireSize(LimitKeys.CONTENT_BYTES, "content has ", content.bytes());
    }

    /** @throws ProtocolException {@code too_large}, if the content and data, or the meta, are larger than the limits */
    public void requireSize(Payload payload) {
        String what = payload.data() == null
                ? "content has "
                : payload.content() == null ? "data has " : "content and data have ";
        requireSize(LimitKeys.CONTENT_BYTES, what, payload.bytes());
        Meta meta = payload.meta();
        if (meta != null) {
            int entries = meta.entries().size();
            require(
                    LimitKeys.META_ENTRIES,
                    entries,
                    ErrorCode.TOO_LARGE,
                    "meta has " + entries + " entries, " + get(LimitKeys.META_ENTRIES) + " are allowed");
            requireSize(LimitKeys.META_BYTES, "meta has ", meta.bytes());
        }
    }

    /** @throws ProtocolException {@code too_large}, if one publish may not have so many messages */
    public void requireBatch(int messages) {
        require(
                LimitKeys.BATCH,
                messages,
                ErrorCode.TOO_LARGE,
                "messages has " + messages + " elements, " + get(LimitKeys.BATCH) + " are allowed");
    }

    private void requireSize(Key<Long> limit, String what, long bytes) {
        long most = get(limit);
        if (bytes > most) {
            throw exceeded(limit, ErrorCode.TOO_LARGE, what + bytes + " bytes, " + most + " are allowed", null);
        }
    }

    /** The user, without an info that has more bytes than the limit. */
    public User withSmallInfo(User user) {
        if (user.info() == null || user.info().getBytes(StandardCharsets.UTF_8).length <= get(LimitKeys.INFO_BYTES)) {
            return user;
        }
        metrics.limitReached(LimitKeys.INFO_BYTES.name());
        return new User(user.id(), user.name(), null);
    }

    /**
     * Counts that a limit was exceeded, and makes the error for the request. The caller throws the error.
     *
     * @param retryAfterMs null if a later attempt would not help
     */
    public ProtocolException exceeded(Key<?> limit, ErrorCode code, String text, Long retryAfterMs) {
        return exceeded(limit, limit.name(), code, text, retryAfterMs);
    }

    /**
     * As {@link #exceeded(Key, ErrorCode, String, Long)}, for a limit whose value here comes from another key.
     *
     * @param key the name of that key
     */
    public ProtocolException exceeded(Key<?> limit, String key, ErrorCode code, String text, Long retryAfterMs) {
        metrics.countLimit(limit.name());
        return ProtocolException.limitReached(key, code, text, retryAfterMs);
    }
}
