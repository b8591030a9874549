package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.roomcast.support.redis.SentinelTrio;
import io.roomcast.support.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * Two nodes whose Redis fails over to its replica, by order and because the master died, under the workload whose
 * history is checked.
 */
class SentinelFaultIT {
    private static final int WINDOW = 10_000;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path directory;

    @Test
    void keepsItsPromisesWhileAReplicaTakesOver() throws IOException {
        try (SentinelTrio servers = SentinelTrio.launch(directory)) {
            Map<String, String> settings = Map.of(
                    "relay",
                    "redis",
                    "redis.sentinel.master",
                    SentinelTrio.NAME,
                    "redis.sentinel.nodes",
                    "127.0.0.1:" + servers.sentinel().port());
            try (NodeProcess a = new NodeProcess("node-a", settings).start();
                    NodeProcess b = new NodeProcess("node-b", settings).start()) {
                run(servers, List.of(a::webSocket, b::webSocket));
            }
        }
    }

    private static void run(SentinelTrio servers, List<Function<String, URI>> nodes) {
        try (Workload workload = new Workload(nodes, 6, 3, 5, 100, 7)) {
            workload.awaitAcks(200, PATIENCE_SECONDS);
            servers.failOver();
            workload.awaitAcks(200, PATIENCE_SECONDS);
            // By now it is the master.
            servers.replica().kill();
            workload.awaitAcks(200, PATIENCE_SECONDS);
            workload.quiesce(WINDOW, PATIENCE_SECONDS);
            assertEquals(List.of(), workload.violations(WINDOW));
        }
        try (Jedis admin = new Jedis("127.0.0.1", servers.master().port())) {
            assertNotEquals(Set.of(), admin.keys("*"), "it is the master again");
            RedisLeakProbe.awaitNothing(admin);
        }
    }
}
