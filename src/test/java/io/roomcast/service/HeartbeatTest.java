package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.CloseCode;
import io.roomcast.service.CoreFixture.Client;
import io.roomcast.support.ManualTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private static final long INTERVAL_SECONDS = 5;
    private static final long PATIENCE_SECONDS = 10;
    private static final long MINUTE = 60_000;

    private final CoreFixture core = new CoreFixture(Map.of("roomcast.heartbeat", INTERVAL_SECONDS + "s"));
    private final Client client = core.enter("ann");

    HeartbeatTest() {
        core.heartbeat.start();
    }

    @Test
    void everySessionIsPingedOnceAnInterval() {
        for (int interval = 0; interval < 3; interval++) {
            core.service.markAlive(client.session);
            pass(INTERVAL_SECONDS);
        }
        assertEquals(3, client.transport.pings());
        core.heartbeat.stop();
        pass(10);
        assertEquals(3, client.transport.pings());
    }

    @Test
    void oneThatShowsNoLifeIsClosed() {
        pass(INTERVAL_SECONDS + PATIENCE_SECONDS - 1);
        assertNull(client.transport.closeCode());
        pass(1);
        assertEquals(CloseCode.HEARTBEAT_LOST, client.transport.closeCode());
        assertEquals(1, core.sessions.count(), "its end is told by the container");
    }

    @Test
    void oneWhoseEndTheContainerNeverToldIsForgotten() {
        pass(INTERVAL_SECONDS + PATIENCE_SECONDS + 6);
        assertEquals(0, core.sessions.count());
        assertEquals(Map.of(4003, 1L), core.metrics.closes());
        client.cut();
        assertEquals(Map.of(4003, 1L), core.metrics.closes(), "counted once");
    }

    @Test
    void oneThatWasClosedIsForgottenWhateverStillComesFromThere() {
        client.session.queue().close(CloseCode.KICKED, "go");
        for (int second = 0; second < 6; second++) {
            client.send("{\"type\":\"ping\"}");
            core.service.markAlive(client.session);
            pass(1);
        }
        assertEquals(0, core.sessions.count());
        assertEquals(Map.of(4500, 1L), core.metrics.closes());
    }

    @Test
    void theStandstillOfTheNodeIsNobodysSilence() {
        for (int pause = 0; pause < 3; pause++) {
            core.timer.standStill(MINUTE);
            pass(1);
            assertNull(client.transport.closeCode(), "after pause " + pause);
        }
        pass(INTERVAL_SECONDS + PATIENCE_SECONDS - 9); // Of each pause no more is counted than a late beat explains.
        assertEquals(CloseCode.HEARTBEAT_LOST, client.transport.closeCode(), "of its own silence");
        assertEquals(1, core.sessions.count(), "the connection is closed first");
    }

    @Test
    void aSendIsNotStuckBecauseTheNodeWas() {
        Client slow = core.enter("slow", new ManualTransport());
        core.advance(0);
        core.timer.standStill(MINUTE);
        pass(1);
        assertNull(slow.transport.closeCode());
        pass(10);
        assertEquals(CloseCode.SLOW_CONSUMER, slow.transport.closeCode());
    }

    @Test
    void aStandstillHasNoBeatsToMakeUpFor() {
        core.timer.standStill(MINUTE);
        pass(1);
        assertTrue(client.transport.pings() <= 1, client.transport.pings() + " pings");
    }

    @Test
    void noShareIsPassedOverWhereLooksAreLate() {
        List<Client> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(core.connect("user" + i));
        }
        core.lanes.runAll();
        for (long look = 0; look < INTERVAL_SECONDS; look++) {
            core.timer.advance(2_000); // The second beat finds the pool busy.
            core.lanes.runAll();
        }
        all.forEach(each -> assertEquals(1, each.transport.pings()));
    }

    private void pass(long seconds) {
        for (long second = 0; second < seconds; second++) {
            core.advance(1_000);
        }
    }
}
