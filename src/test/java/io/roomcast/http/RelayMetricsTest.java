package io.roomcast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.EmbeddedServer;
import io.roomcast.redis.RedisProcess;
import java.util.List;
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
            publish(ann, "one");
            assertEquals(1, admin.clientKill(ClientKillParams.clientKillParams().type(ClientType.PUBSUB)));
            await(http, "roomcast_relay_reconnects_total", value -> value == 1, "roomcast_relay_up");

            storeSilently(admin, 2);
            publish(ann, "three");
            await(http, "roomcast_relay_gaps_total{stage=\"repaired\"}", value -> value == 1, "roomcast_relay_up");
            assertEquals(1, figures(http).get("roomcast_relay_gaps_total{stage=\"seen\"}"));
            assertEquals(0, figures(http).get("roomcast_relay_gaps_total{stage=\"lost\"}"));

            storeSilently(admin, 9);
            publish(ann, "ten");
            await(http, "roomcast_relay_gaps_total{stage=\"lost\"}", value -> value == 1, "roomcast_relay_up");

            redis.kill();
            await(http, "roomcast_relay_up", value -> value == 0, "roomcast_relay_up");
        }
    }

    private static void publish(Visitor visitor, String content) {
        visitor.say("{\"type\":\"publish\",\"id\":1,\"content\":\"" + content + "\"}");
        visitor.await("message", message -> message.getString("content").equals(content));
    }

    /** A message that no channel tells of, as when a connection breaks in its moment. */
    private static void storeSilently(Jedis admin, long offset) {
        String base = "roomcast:{lobby}";
        admin.eval(
                "redis.call('XADD', KEYS[1], ARGV[1], 'at', redis.call('TIME')[1] .. '000', 'body', '{\"content\":\"new\"}')"
                        + "redis.call('HSET', KEYS[2], 'offset', ARGV[1])",
                List.of(base + ":log", base + ":numbering"),
                List.of(String.valueOf(offset)));
    }

    private static Map<String, Double> figures(Http http) {
        return MetricsTest.figures(http.send("GET", "/metrics", null).body());
    }

    /** Scrapes until {@code series} is as wanted. @return what {@code other} is then */
    private static double await(Http http, String series, Predicate<Double> wanted, String other) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            Map<String, Double> figures = figures(http);
            if (wanted.test(figures.get(series))) {
                return figures.get(other);
            }
            assertTrue(System.nanoTime() - deadline < 0, () -> series + " is " + figures.get(series));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
