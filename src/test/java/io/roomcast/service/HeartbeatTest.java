package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.protocol.CloseCode;
import io.roomcast.service.CoreFixture.Client;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private static final long INTERVAL_SECONDS = 5;
    private static final long PATIENCE_SECONDS = 10;

    private final CoreFixture core = new CoreFixture(Map.of("roomcast.heartbeat", INTERVAL_SECONDS + "s"));
    private final Client client = core.enter("ann");

    HeartbeatTest() {
        core.heartbeat.start();
    }

    @Test
    void everySessionIsPingedOnceAnInterval() {
        core.advance(3 * INTERVAL_SECONDS * 1_000);
        assertEquals(3, client.transport.pings());
        core.heartbeat.stop();
        core.advance(10_000);
        assertEquals(3, client.transport.pings());
    }

    @Test
    void oneThatShowsNoLifeIsClosed() {
        silentFor(INTERVAL_SECONDS + PATIENCE_SECONDS - 2);
        assertNull(client.transport.closeCode());
        silentFor(INTERVAL_SECONDS + PATIENCE_SECONDS);
        assertEquals(CloseCode.HEARTBEAT_LOST, client.transport.closeCode());
        assertEquals(1, core.sessions.count(), "its end is told by the container");
    }

    @Test
    void oneWhoseEndTheContainerNeverToldIsForgotten() {
        silentFor(INTERVAL_SECONDS + 2 * PATIENCE_SECONDS);
        assertEquals(0, core.sessions.count());
        assertEquals(Map.of(4003, 1L), core.metrics.closes());
        client.cut();
        assertEquals(1, core.metrics.closedSessions(), "counted once");
    }

    private void silentFor(long seconds) {
        client.session.heard(System.nanoTime() - TimeUnit.SECONDS.toNanos(seconds));
        core.advance(1_000);
    }
}
