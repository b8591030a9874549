package io.roomcast.local;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayProvider;
import io.roomcast.support.ManualTimer;
import io.roomcast.support.RecordingListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The relay of a node that is alone measures ages with the clock that it is lent, which nobody can set. */
class LocalRelayProviderTest {
    private static final RoomName ROOM = new RoomName("lobby");

    private final ManualTimer timer = new ManualTimer();

    /** Some machines count from a moment long ago, some to one that has yet to come. */
    private final long began = -TimeUnit.DAYS.toNanos(10_000);

    @AutoClose
    private final Relay relay = new LocalRelayProvider(RoomcastConfig.load(key -> Optional.empty(), Set.of()))
            .open(new RelayProvider.Context(
                    "node",
                    new HistoryLimits(100, Duration.ofHours(1), 1 << 20).everywhere(),
                    Thread::new,
                    timer,
                    () -> began + timer.nanos(),
                    new NodeMetrics()))
            .relay();

    @BeforeEach
    void start() {
        relay.start(new RecordingListener());
    }

    @Test
    void aKeyIsForgottenAfterSoMuchTimeOfThatClock() {
        Position first = publish("key");
        timer.advance(TimeUnit.SECONDS.toMillis(Relay.KEY_MEMORY_SECONDS));
        assertEquals(first, publish("key"));
        timer.advance(1);
        assertEquals(new Position(first.epoch(), 2), publish("key"));
    }

    @Test
    void aRoomIsForgottenAfterSoMuchTimeOfThatClock() {
        Position first = publish(null);
        timer.advance(TimeUnit.HOURS.toMillis(24) - 1);
        assertEquals(first, get(relay.position(ROOM)));
        timer.advance(TimeUnit.SECONDS.toMillis(10));
        assertNotEquals(first.epoch(), get(relay.position(ROOM)).epoch());
    }

    private Position publish(String key) {
        return get(relay.publish(ROOM, key, "{}".getBytes(StandardCharsets.UTF_8)));
    }
}
