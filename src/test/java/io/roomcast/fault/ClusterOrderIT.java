package io.roomcast.fault;

import io.roomcast.support.OrderedAnswers;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Answers keep their order where each waits for Redis, however far away that is. */
class ClusterOrderIT {
    private static final long SEED = 35;
    private static final int SLOW_MILLIS = 20;

    @Test
    void answersDoNotOvertakeEachOther() {
        try (Cluster cluster = new Cluster(SEED, 1, 2)) {
            List<Function<String, URI>> nodes = cluster.addresses();
            cluster.goOn();
            OrderedAnswers.check(nodes, SEED);
            cluster.wayOfA.slow(SLOW_MILLIS);
            OrderedAnswers.check(nodes, SEED + 1);
            cluster.wayOfA.slow(0);
            cluster.check();
        }
    }
}
