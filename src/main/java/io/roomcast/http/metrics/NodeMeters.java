package io.roomcast.http.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.roomcast.config.HttpKeys;
import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Registers the counters of the node with a Micrometer registry. All series exist from the start. No series is added
 * later.
 */
final class NodeMeters {
    /**
     * The reasons, by close code, of closes by clients and of broken connections. Roomcast has further close codes. All
     * other close codes count as {@code other}.
     */
    private static final Map<Integer, String> CLIENT_CLOSES =
            Map.of(1005, "no_code", 1006, "broken", 1007, "not_utf8", 1003, "unsupported");

    private static final double MILLIS_PER_SECOND = 1e3;

    private final NodeMetrics metrics;
    private final MeterRegistry registry;

    private NodeMeters(NodeMetrics metrics, MeterRegistry registry) {
        this.metrics = metrics;
        this.registry = registry;
    }

    static void bind(NodeMetrics metrics, Limits limits, RoomcastConfig config, MeterRegistry registry) {
        NodeMeters meters = new NodeMeters(metrics, registry);
        for (Counter counter : Counter.values()) {
            meters.register(counter.series(), counter.help(), counter.labels(), () -> metrics.get(counter));
        }
        meters.registerCloses();
        meters.registerReachedLimits();
        meters.registerLimits(limits, config);
        meters.registerRefusals();
    }

    private void registerCloses() {
        Map<Integer, String> reasons = Arrays.stream(CloseCode.values())
                .collect(Collectors.toMap(CloseCode::number, code -> code.name().toLowerCase(Locale.ROOT)));
        reasons.putAll(CLIENT_CLOSES);
        reasons.forEach((code, reason) -> registerClose(
                String.valueOf(code), reason, () -> metrics.closes().getOrDefault(code, 0L)));
        registerClose(
                "other",
                "other",
                () -> metrics.closes().entrySet().stream()
                        .filter(entry -> !reasons.containsKey(entry.getKey()))
                        .mapToLong(Map.Entry::getValue)
                        .sum());
    }

    private void registerClose(String code, String reason, Supplier<Long> count) {
        register(
                "roomcast.sessions.closed",
                "Sessions closed, by either side: other is any code that the protocol does not know",
                Map.of("code", code, "reason", reason),
                count);
    }

    private void registerLimits(Limits limits, RoomcastConfig config) {
        Stream.of(LimitKeys.NUMBERS, LimitKeys.SIZES, LimitKeys.DURATIONS)
                .flatMap(List::stream)
                .forEach(key -> registerLimit(key, () -> limits.get(key)));
        HttpKeys.ALL.forEach(key -> registerLimit(key, () -> config.number(key)));
    }

    private void registerLimit(Key<?> key, LongSupplier value) {
        double unit = key.kind().equals("duration") ? MILLIS_PER_SECOND : 1;
        Gauge.builder("roomcast.limit", () -> value.getAsLong() / unit)
                .description("The value of each limit: a number, bytes or seconds; 0 for none. It is never more than "
                        + "the process has memory and files for")
                .tag("limit", label(key.name()))
                .strongReference(true)
                .register(registry);
    }

    /** The name of a limit in a label. */
    private static String label(String name) {
        return name.replaceFirst("^roomcast\\.(limits\\.)?", "");
    }

    private void registerReachedLimits() {
        for (Key<?> limit : Stream.of(LimitKeys.REFUSING, HttpKeys.ALL)
                .flatMap(List::stream)
                .toList()) {
            register(
                    "roomcast.limits.reached",
                    "How often a client reached a limit, which is named without roomcast. or roomcast.limits. in front",
                    Map.of("limit", label(limit.name())),
                    () -> metrics.limits().getOrDefault(limit.name(), 0L));
        }
    }

    private void registerRefusals() {
        for (ErrorCode code : ErrorCode.values()) {
            register(
                    "roomcast.refusals",
                    "Requests answered with an error",
                    Map.of("code", code.wire()),
                    () -> metrics.refusals().getOrDefault(code.wire(), 0L));
        }
    }

    private void register(String series, String help, Map<String, String> labels, Supplier<Long> count) {
        // The registry has only a weak reference to the source of a counter. The supplier would be garbage-collected,
        // so
        // the source is the metrics object, which lives as long as the node.
        FunctionCounter.Builder<NodeMetrics> counter =
                FunctionCounter.builder(series, metrics, unused -> count.get()).description(help);
        labels.forEach(counter::tag);
        counter.register(registry);
    }

    static void gauge(MeterRegistry registry, String name, String help, Supplier<Number> value) {
        Gauge.builder(name, value).description(help).strongReference(true).register(registry);
    }
}
