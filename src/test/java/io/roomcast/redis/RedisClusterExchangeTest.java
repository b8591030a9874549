package io.roomcast.redis;

import io.roomcast.relay.NodeExchangeContractTest;
import io.roomcast.support.redis.ClusterTrio;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisClusterExchangeTest extends NodeExchangeContractTest {
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
    protected Joined join(String node) {
        return RedisExchangeTest.join(cluster.settings(), node);
    }
}
