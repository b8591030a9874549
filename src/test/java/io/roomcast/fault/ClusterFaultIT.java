package io.roomcast.fault;

import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * What may happen to a cluster happens, one thing after the other, under a workload on all nodes; afterwards the
 * history is checked.
 */
class ClusterFaultIT {
    private static final long SEED = 20_260_101;

    @Test
    void keepsItsPromisesWhileRedisBreaks() {
        // Every write is on disk before it is answered: what Redis acknowledges, it still has after a kill.
        try (Cluster cluster = new Cluster(SEED, 10, 4, "--appendonly", "yes", "--appendfsync", "always")) {
            cluster.goOn();

            cluster.redis.kill();
            cluster.a.awaitReady(false);
            cluster.redis.start();
            cluster.a.awaitReady(true);
            cluster.goOn();

            cluster.redis.pause();
            cluster.b.awaitReady(false);
            cluster.redis.resume();
            cluster.goOn();

            cluster.killConnections();
            cluster.goOn();

            cluster.wayOfA.cut();
            cluster.a.awaitReady(false);
            cluster.wayOfA.mend();
            cluster.a.awaitReady(true);
            cluster.goOn();

            cluster.wayOfB.slow(200);
            cluster.goOn();
            cluster.wayOfB.slow(0);

            cluster.check();
        }
    }

    @Test
    void keepsItsPromisesWhileNodesGo() {
        try (Cluster cluster = new Cluster(SEED + 1, 10, 4)) {
            cluster.goOn();
            cluster.a.kill();
            cluster.goOn();
            cluster.a.start();
            cluster.goOn();
            cluster.b.stop();
            cluster.goOn();
            cluster.b.start();
            cluster.goOn();
            cluster.standStill(cluster.a);
            cluster.goOn();
            cluster.check();
        }
    }

    @Test
    void keepsItsPromisesWhileRedisDoesNotDoWhatItShould() {
        try (Cluster cluster = new Cluster(SEED + 3, 10, 4)) {
            cluster.goOn();
            for (int i = 0; i < 5; i++) {
                cluster.killSubscriptions();
                cluster.onRedis(Jedis::scriptFlush);
                cluster.goOn();
            }
            for (String purpose : List.of("publish", "read", "subscribe")) {
                cluster.deafen(cluster.a, cluster.linesOfA, purpose);
                cluster.goOn();
            }
            for (String command : List.of("publish", "set", "hset", "zadd", "zrem")) {
                cluster.forbid(command);
                cluster.goOn();
            }
            cluster.fill();
            cluster.goOn();
            cluster.check();
        }
    }

    @Test
    void tellsTheTruthWhenRedisComesBackWithOlderData() {
        try (Cluster cluster = new Cluster(SEED + 4, 10, 4)) {
            cluster.goOn();
            cluster.rollBack(cluster::goOn);
            cluster.goOn();
            cluster.rollBack(() -> {
                cluster.goOn();
                cluster.a.kill();
                cluster.b.kill();
            });
            cluster.a.start();
            cluster.b.start();
            cluster.goOn();
            cluster.onRedis(Jedis::flushAll);
            cluster.goOn();
            cluster.check();
        }
    }

    @Test
    void tellsTheTruthWhenRedisLosesItsData() {
        try (Cluster cluster = new Cluster(SEED + 2, 10, 4)) {
            cluster.goOn();
            cluster.redis.kill();
            cluster.redis.start();
            cluster.goOn();
            cluster.check();
        }
    }
}
