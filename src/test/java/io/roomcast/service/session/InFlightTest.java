package io.roomcast.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Author;
import io.roomcast.node.Limits;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.support.Queues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private static final long MEBI = 1 << 20;
    private static final Map<String, String> SETTINGS = Map.of(
            "roomcast.limits.in-flight",
            "2",
            "roomcast.limits.node-in-flight",
            "3",
            "roomcast.limits.node-in-flight-bytes",
            "1MiB");

    private final NodeMetrics metrics = new NodeMetrics();
    private final Limits limits =
            new Limits(RoomcastConfig.load(key -> Optional.ofNullable(SETTINGS.get(key)), List.of()), metrics);
    private final InFlight inFlight = new InFlight(limits);

    @Test
    void aSessionAndTheNodeHaveSoMany() {
        ClientSession ann = session();
        ClientSession bob = session();
        List<Runnable> begun = new ArrayList<>();
        begun.add(inFlight.begin(ann, 1));
        begun.add(inFlight.begin(ann, 2));
        assertBusy(ann);
        begun.add(inFlight.begin(bob, 3));
        assertBusy(bob);
        assertEquals(3, inFlight.count());
        assertEquals(6, inFlight.bytes());
        assertEquals(Map.of("roomcast.limits.in-flight", 1L, "roomcast.limits.node-in-flight", 1L), metrics.limits());
        begun.forEach(Runnable::run);
        assertEquals(0, inFlight.count());
        assertEquals(0, inFlight.bytes());
        assertEquals(0, ann.inFlight().get());
        inFlight.begin(ann, 0);
    }

    @Test
    void whatTheNodeHoldsIsBoundedInBytesToo() {
        Runnable first = inFlight.begin(session(), MEBI);
        ProtocolException busy = assertThrows(ProtocolException.class, () -> inFlight.begin(session(), 1));
        assertEquals(ErrorCode.BUSY, busy.code());
        assertEquals(MEBI, inFlight.bytes());
        first.run();
        inFlight.begin(session(), 2 * MEBI).run();
    }

    @Test
    void limitsChangeWhileItRuns() {
        ClientSession ann = session();
        limits.set("roomcast.limits.in-flight", "1", Author.console(null));
        inFlight.begin(ann, 0);
        assertBusy(ann);
        limits.set("roomcast.limits.in-flight", "0", Author.console(null));
        inFlight.begin(ann, 0);
        assertThrows(
                IllegalArgumentException.class,
                () -> limits.set("roomcast.limits.in-flight", "-1", Author.console(null)));
        assertThrows(IllegalArgumentException.class, () -> limits.set("roomcast.port", "1", Author.console(null)));
        assertEquals(0, limits.all().get("roomcast.limits.in-flight"));
    }

    private void assertBusy(ClientSession session) {
        ProtocolException busy = assertThrows(ProtocolException.class, () -> inFlight.begin(session, 0));
        assertEquals(ErrorCode.BUSY, busy.code());
        assertEquals(1_000, busy.retryAfterMs());
    }

    private static ClientSession session() {
        OutboundQueue queue = Queues.of(null, new OutboundLimits(0, 0), true, System::nanoTime);
        return new ClientSession(
                "id",
                ConnectRequest.ofUser(null, null),
                new Arrival(null, null, 0, "fast"),
                queue,
                null,
                new RoomRequests(Runnable::run),
                0);
    }
}
