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
    protected Relay create(HistoryLimits limits) {
        return new RedisRelay(cluster.settings(), limits, "test", Thread::new, timer, new RelayMetrics());
    }

    @Override
    protected void pass(Duration age) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!get(relay.historyAfter(room, 0, 10)).messages().isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "messages grow old");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
