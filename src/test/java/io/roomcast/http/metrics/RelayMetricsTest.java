package io.roomcast.http.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import io.roomcast.support.redis.RedisProcess;
import java.util.List;
import java.util.Map;
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
                RoomClient ann = RoomClient.enter(server.uri(), "lobby", "ann");
                Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            assertEquals(0, await(server, "roomcast_relay_up", 1).get("roomcast_relay_reconnects_total"));
            publish(ann, "one");
            assertEquals(1, admin.clientKill(ClientKillParams.clientKillParams().type(ClientType.PUBSUB)));
            await(server, "roomcast_relay_reconnects_total", 1);

            storeSilently(admin, 2);
            publish(ann, "three");
            ScrapedMetrics repaired = await(server, "roomcast_relay_gaps_total{stage=\"repaired\"}", 1);
            assertEquals(1, repaired.get("roomcast_relay_gaps_total{stage=\"seen\"}"));
            assertEquals(0, repaired.get("roomcast_relay_gaps_total{stage=\"lost\"}"));

            storeSilently(admin, 9);
            publish(ann, "ten");
            await(server, "roomcast_relay_gaps_total{stage=\"lost\"}", 1);

            redis.kill();
            await(server, "roomcast_relay_up", 0);
        }
    }

    private static void publish(RoomClient visitor, String content) {
        visitor.say("{\"type\":\"publish\",\"id\":1,\"content\":\"" + content + "\"}");
        visitor.next(
                message -> message.is("message") && message.string("content").equals(content), "message");
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

    private static ScrapedMetrics await(EmbeddedServer server, String series, double value) {
        return ScrapedMetrics.await(server.uri(), 20, figures -> figures.get(series) == value);
    }
}
