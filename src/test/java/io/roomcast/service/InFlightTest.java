package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.outbound.Queues;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private static final Map<String, String> SETTINGS =
            Map.of("roomcast.limits.in-flight", "2", "roomcast.limits.node-in-flight", "3");

    private final NodeMetrics metrics = new NodeMetrics();
    private final Limits limits =
            new Limits(RoomcastConfig.load(key -> Optional.ofNullable(SETTINGS.get(key)), List.of()), metrics);
    private final InFlight inFlight = new InFlight(limits);

    @Test
    void aSessionAndTheNodeHaveSoMany() {
        RoomSession ann = session();
        RoomSession bob = session();
        CompletableFuture<Void> relay = new CompletableFuture<>();
        inFlight.start(ann, () -> relay);
        inFlight.start(ann, () -> relay);
        assertBusy(ann);
        inFlight.start(bob, () -> relay);
        assertBusy(bob);
        assertEquals(3, inFlight.count());
        assertEquals(Map.of("roomcast.limits.in-flight", 1L, "roomcast.limits.node-in-flight", 1L), metrics.limits());
        relay.complete(null);
        assertEquals(0, inFlight.count());
        inFlight.start(ann, CompletableFuture::new);
    }

    @Test
    void whatFailsIsNotInFlight() {
        RoomSession ann = session();
        inFlight.start(ann, () -> CompletableFuture.failedFuture(new IllegalStateException()));
        assertThrows(
                IllegalStateException.class,
                () -> inFlight.start(ann, () -> {
                    throw new IllegalStateException();
                }));
        assertEquals(0, inFlight.count());
        assertEquals(0, ann.inFlight().get());
    }

    @Test
    void limitsChangeWhileItRuns() {
        RoomSession ann = session();
        limits.set("roomcast.limits.in-flight", "1");
        inFlight.start(ann, CompletableFuture::new);
        assertBusy(ann);
        limits.set("roomcast.limits.in-flight", "0");
        inFlight.start(ann, CompletableFuture::new);
        assertThrows(IllegalArgumentException.class, () -> limits.set("roomcast.limits.in-flight", "-1"));
        assertThrows(IllegalArgumentException.class, () -> limits.set("roomcast.port", "1"));
        assertEquals(0, limits.all().get("roomcast.limits.in-flight"));
    }

    private void assertBusy(RoomSession session) {
        ProtocolException busy =
                assertThrows(ProtocolException.class, () -> inFlight.start(session, CompletableFuture::new));
        assertEquals(ErrorCode.BUSY, busy.code());
        assertEquals(1_000, busy.retryAfterMs());
    }

    private static RoomSession session() {
        OutboundQueue queue = Queues.of(null, new OutboundLimits(0, 0), true, System::nanoTime);
        return new RoomSession("id", Address.ofUser(null), null, queue, null, 0);
    }
}
