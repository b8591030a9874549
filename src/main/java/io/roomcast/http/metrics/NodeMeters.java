package io.roomcast.http.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.roomcast.config.HttpKeys;
import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.metrics.DeliveryMetrics;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.metrics.OutboundMetrics;
import io.roomcast.metrics.RelayMetrics;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Shows what the node counts to a Micrometer registry. Every series is there from the start, and there are never more. */
final class NodeMeters {
    /** Codes that clients and connections close with, beside ours; all others count as {@code other}. */
    private static final Map<Integer, String> CLIENT_CLOSES =
            Map.of(1005, "no_code", 1006, "broken", 1007, "not_utf8", 1003, "unsupported");

    private final MeterRegistry registry;

    private NodeMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    static void bind(NodeMetrics node, MeterRegistry registry) {
        NodeMeters meters = new NodeMeters(registry);
        meters.sessions(node);
        meters.messages(node);
        meters.slowConsumers(node.outbound());
        meters.relay(node.relay());
    }

    private void sessions(NodeMetrics node) {
        count("roomcast.sessions.opened", "Sessions opened", node, NodeMetrics::openedSessions);
        Map<Integer, String> reasons = Arrays.stream(CloseCode.values())
                .collect(Collectors.toMap(CloseCode::number, code -> code.name().toLowerCase(Locale.ROOT)));
        reasons.putAll(CLIENT_CLOSES);
        reasons.forEach((code, reason) ->
                closed(node, String.valueOf(code), reason, () -> node.closes().getOrDefault(code, 0L)));
        closed(
                node,
                "other",
                "other",
                () -> node.closes().entrySet().stream()
                        .filter(entry -> !reasons.containsKey(entry.getKey()))
                        .mapToLong(Map.Entry::getValue)
                        .sum());
        count(
                "roomcast.accepts.failed",
                "Times that a connection could not be taken in, for want of files (embedded server)",
                node,
                NodeMetrics::failedAccepts);
        count("roomcast.frames.received", "Frames from clients", node, NodeMetrics::receivedFrames);
        count("roomcast.received.bytes", "Bytes of WebSocket messages from clients", node, NodeMetrics::receivedBytes);
        for (Key<?> limit : Stream.of(LimitKeys.REFUSING, HttpKeys.ALL)
                .flatMap(List::stream)
                .toList()) {
            FunctionCounter.builder(
                            "roomcast.limits.reached",
                            node,
                            metrics -> metrics.limits().getOrDefault(limit.name(), 0L))
                    .description("Times that somebody came up against a limit")
                    .tag("limit", limit.name().replaceFirst("^roomcast\\.(limits\\.)?", ""))
                    .register(registry);
        }
        for (ErrorCode code : ErrorCode.values()) {
            FunctionCounter.builder(
                            "roomcast.refusals",
                            node,
                            metrics -> metrics.refusals().getOrDefault(code.wire(), 0L))
                    .description("Requests that were answered with an error")
                    .tag("code", code.wire())
                    .register(registry);
        }
    }

    private void closed(NodeMetrics node, String code, String reason, Supplier<Long> count) {
        FunctionCounter.builder("roomcast.sessions.closed", node, metrics -> count.get())
                .description("Sessions closed, by close code of whichever side")
                .tag("code", code)
                .tag("reason", reason)
                .register(registry);
    }

    private void messages(NodeMetrics node) {
        DeliveryMetrics delivery = node.delivery();
        count(
                "roomcast.messages.stored",
                "Messages that were published here and acknowledged",
                node,
                NodeMetrics::storedMessages);
        count(
                "roomcast.messages.delivered",
                "Messages handed to members, each counted for each member",
                delivery,
                DeliveryMetrics::messages);
        count(
                "roomcast.messages.replayed",
                "Messages of the history sent to members that came back",
                delivery,
                DeliveryMetrics::replayed);
        count(
                "roomcast.messages.dropped",
                "Messages that a member's queue did not take: it was full, or is closed",
                delivery,
                DeliveryMetrics::droppedMessages);
        count(
                "roomcast.notices.dropped",
                "Presence and signals that a member's queue did not take: it was full, or is closed",
                delivery,
                DeliveryMetrics::droppedNotices);
        count("roomcast.delivered.bytes", "Bytes of what was handed to members", delivery, DeliveryMetrics::bytes);
        count("roomcast.batches", "Batches that lanes made", delivery, DeliveryMetrics::batches);
        count(
                "roomcast.messages.batched",
                "Messages in those batches, each counted once on every node that has members of its room",
                delivery,
                DeliveryMetrics::batched);
        count(
                "roomcast.rooms.lags",
                "Times that a room left messages to the history, since too many waited for its members already",
                delivery,
                DeliveryMetrics::lags);
        for (boolean whole : new boolean[] {true, false}) {
            FunctionCounter.builder("roomcast.recoveries", node, metrics -> metrics.recoveries(whole))
                    .description("Members that came back with a position")
                    .tag("outcome", whole ? "recovered" : "incomplete")
                    .register(registry);
        }
        count(
                "roomcast.members.behind",
                "Members that were told to fetch what is not delivered to them",
                node,
                NodeMetrics::membersBehind);
    }

    private void slowConsumers(OutboundMetrics outbound) {
        slow("notice_dropped", outbound, OutboundMetrics::droppedNotices);
        slow("message_forgotten", outbound, OutboundMetrics::forgottenMessages);
        slow("behind_sent", outbound, OutboundMetrics::toldBehind);
        slow("closed_stuck", outbound, OutboundMetrics::closedStuck);
        slow("closed_overflow", outbound, OutboundMetrics::closedOverflowed);
    }

    private void slow(String step, OutboundMetrics outbound, ToDoubleFunction<OutboundMetrics> value) {
        FunctionCounter.builder("roomcast.slow.consumers", outbound, value)
                .description("What was done about clients that read too slowly, gentle steps first")
                .tag("step", step)
                .register(registry);
    }

    private void relay(RelayMetrics relay) {
        gaps("seen", relay, RelayMetrics::gapsSeen);
        gaps("repaired", relay, RelayMetrics::gapsRepaired);
        gaps("lost", relay, RelayMetrics::gapsLost);
        count(
                "roomcast.relay.messages.repaired",
                "Messages that were read again, because the relay had not delivered them",
                relay,
                RelayMetrics::messagesRepaired);
        count(
                "roomcast.relay.foreign.envelopes",
                "Deliveries in the format of another version, read again",
                relay,
                RelayMetrics::foreignEnvelopes);
        count("roomcast.relay.reconnects", "Connections to the relay made anew", relay, RelayMetrics::reconnects);
        count(
                "roomcast.relay.probes.failed",
                "Probes that did not come back through the relay in time",
                relay,
                RelayMetrics::probesFailed);
    }

    private void gaps(String stage, RelayMetrics relay, ToDoubleFunction<RelayMetrics> value) {
        FunctionCounter.builder("roomcast.relay.gaps", relay, value)
                .description("Holes in what the relay delivered to this node")
                .tag("stage", stage)
                .register(registry);
    }

    private <T> void count(String name, String help, T source, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, source, value).description(help).register(registry);
    }

    static void gauge(MeterRegistry registry, String name, String help, Supplier<Number> value) {
        Gauge.builder(name, value).description(help).strongReference(true).register(registry);
    }
}
