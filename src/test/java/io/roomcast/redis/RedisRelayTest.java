package io.roomcast.redis;

import static io.roomcast.relay.Stages.get;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.RelayMetrics;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class RedisRelayTest extends RelayContractTest {
    private static RedisProcess redis;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.launch();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    @Override
    protected Relay create(HistoryLimits limits) {
        return new RedisRelay(RedisSettings.parse(redis.uri()), limits, "test", Thread::new, timer, new RelayMetrics());
    }

    /** Redis has a clock of its own: waits until the log has no young messages any more. */
    @Override
    protected void pass(Duration age) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!get(relay.historyAfter(room, 0, 10)).messages().isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "messages grow old");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
