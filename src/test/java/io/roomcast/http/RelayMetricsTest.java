package io.roomcast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.EmbeddedServer;
import io.roomcast.redis.RedisProcess;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** What a node with a real Redis tells Prometheus when its connections are cut. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RelayMetricsTest {

    @Test
    void cutConnectionsAndTheHolesThatTheyLeaveAreCounted() {
        try (RedisProcess redis = RedisProcess.launch();
                EmbeddedServer server =
                        EmbeddedServer.start(Map.of("roomcast.relay", "redis", "roomcast.redis.uri", redis.uri()));
                Visitor ann = Visitor.in(server.uri(), "lobby", "ann");
                Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            Http http = new Http(server.uri(), null);
            assertEquals(0, await(http, "roomcast_relay_up", value -> value == 1, "roomcast_relay_reconnects_total"));
            long killed = 0;
            for (int i = 1; i <= 20; i++) {
                if (i % 5 == 0) {
                    killed +=
                            admin.clientKill(ClientKillParams.clientKillParams().type(ClientType.PUBSUB));
                }
                ann.say("{\"type\":\"publish\",\"id\":" + i + ",\"content\":\"m" + i + "\"}");
                ann.await("ack");
            }
            for (int i = 1; i <= 20; i++) {
                int offset = i;
                ann.await("message", message -> message.getInt("offset") == offset);
            }

            assertTrue(killed >= 1);
            double made = await(
                    http,
                    "roomcast_relay_reconnects_total",
                    value -> value >= 1,
                    "roomcast_relay_gaps_total{stage=\"seen\"}");
            assertTrue(made >= 1, "the holes were seen");
            await(http, "roomcast_relay_gaps_total{stage=\"repaired\"}", value -> value >= 1, "roomcast_relay_up");
            assertEquals(0, MetricsTest.figures(text(http)).get("roomcast_relay_gaps_total{stage=\"lost\"}"));

            redis.kill();
            await(http, "roomcast_relay_up", value -> value == 0, "roomcast_relay_up");
        }
    }

    private static String text(Http http) {
        return http.send("GET", "/metrics", null).body();
    }

    /** Scrapes until {@code series} is as wanted. @return what {@code other} is then */
    private static double await(Http http, String series, Predicate<Double> wanted, String other) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            Map<String, Double> figures = MetricsTest.figures(text(http));
            if (wanted.test(figures.get(series))) {
                return figures.get(other);
            }
            assertTrue(System.nanoTime() - deadline < 0, () -> series + " is " + figures.get(series));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
