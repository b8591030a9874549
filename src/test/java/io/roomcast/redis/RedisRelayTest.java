package io.roomcast.redis;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.redis.RedisProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisRelayTest extends RelayContractTest {
    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.launch();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
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

    @Override
    protected void pass(Duration age) {
        awaitOld();
    }
}
