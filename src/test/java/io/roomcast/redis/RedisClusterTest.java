package io.roomcast.redis;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.redis.ClusterTrio;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same promises over three masters. */
class RedisClusterTest extends RelayContractTest {
    private static ClusterTrio cluster;

    @BeforeAll
    static void startCluster() {
        cluster = ClusterTrio.launch();
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Override
    protected Relay create(HistoryLimits.Rule limits) {
        return new RedisRelay(
                cluster.settings(), limits, "test", Thread::new, timer, System::nanoTime, new NodeMetrics());
    }

    @Override
    protected void pass(Duration age) {
        awaitOld();
    }
}
