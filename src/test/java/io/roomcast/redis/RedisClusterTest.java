package io.roomcast.redis;

import static io.roomcast.support.Stages.get;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.Await;
import io.roomcast.support.redis.ClusterTrio;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The same promises over three masters. */
class RedisClusterTest extends RelayContractTest {
    private static ClusterTrio cluster;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @BeforeAll
    static void startCluster() {
        cluster = ClusterTrio.launch();
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    @Override
    protected Relay create(HistoryLimits.Rule limits) {
        return new RedisRelay(
                cluster.settings(), limits, "test", Thread::new, timer, System::nanoTime, new NodeMetrics());
    }

    @Override
    protected void pass(Duration age) {
        Await.until(
                "messages grow old",
                () -> get(relay.historyAfter(room, 0, 10)).messages().isEmpty());
    }
}
