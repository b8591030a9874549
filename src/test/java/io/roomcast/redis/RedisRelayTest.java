package io.roomcast.redis;

import static io.roomcast.support.Stages.get;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.Await;
import io.roomcast.support.redis.RedisProcess;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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
    protected Relay create(HistoryLimits.Rule limits) {
        return new RedisRelay(
                RedisSettings.parse(redis.uri()),
                limits,
                "test",
                Thread::new,
                timer,
                System::nanoTime,
                new NodeMetrics());
    }

    /** Redis has a clock of its own: waits until the log has no young messages any more. */
    @Override
    protected void pass(Duration age) {
        Await.until(
                "messages grow old",
                () -> get(relay.historyAfter(room, 0, 10)).messages().isEmpty());
    }
}
