package io.roomcast.relay;

import static io.roomcast.relay.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.Position;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalRelayTest extends RelayContractTest {
    private final SettableClock clock = new SettableClock();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @Override
    protected Relay create(HistoryLimits limits) {
        return new LocalRelay(limits, clock, timer);
    }

    @Override
    protected void pass(Duration age) {
        clock.advance(age.plusMillis(1));
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    @Test
    void keysAreRememberedForFiveMinutes() {
        Position first = get(relay.publish(room, "key", body("once")));
        clock.advance(Duration.ofSeconds(Relay.KEY_MEMORY_SECONDS));
        assertEquals(first, get(relay.publish(room, "key", body("again"))));
        clock.advance(Duration.ofMillis(1));
        assertEquals(2, get(relay.publish(room, "key", body("anew"))).offset());
    }
}
