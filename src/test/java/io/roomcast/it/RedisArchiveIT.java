package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.MainProcess;
import io.roomcast.support.RoomClient;
import io.roomcast.support.postgres.PostgresProcess;
import io.roomcast.support.redis.RedisProcess;
import jakarta.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Two nodes over Redis share an archive. The one that copies is killed, and the other goes on. */
@Tag("embedded")
class RedisArchiveIT {
    private static final int ALL = 60;

    private static MainProcess start(RedisProcess redis, PostgresProcess postgres) {
        return start(redis, postgres, false);
    }

    private static MainProcess start(RedisProcess redis, PostgresProcess postgres, boolean isRestored) {
        return MainProcess.start(
                Map.of("ROOMCAST_ARCHIVE_PASSWORD", PostgresProcess.PASSWORD),
                List.of(),
                "--port=0",
                "--relay=redis",
                "--redis.uri=" + redis.uri(),
                "--history.size=10",
                "--archive.window=10",
                "--archive.url=" + postgres.url(),
                "--archive.user=" + PostgresProcess.USER,
                "--archive.restore=" + isRestored);
    }

    private static Http awaitReady(URI node) {
        Http http = new Http(node, null);
        Await.until(
                "a node that is ready",
                () -> http.send("GET", "/health/ready", null).statusCode() == 200);
        return http;
    }

    private static RoomClient join(URI node, String user) {
        return RoomClient.connect(URI.create("ws" + node.toString().substring("http".length()) + "ws/kept/" + user));
    }

    private static void publish(RoomClient client, int first, int last) {
        IntStream.rangeClosed(first, last).forEach(number -> {
            client.say("{'id':" + number + ",'content':'message " + number + "'}");
            assertEquals(number, client.next("ack").offset());
        });
    }

    /** What somebody sees who reads back to the beginning. */
    private static List<String> backwards(RoomClient client) {
        List<String> all = new ArrayList<>();
        String before = "";
        Frame page;
        do {
            client.say("{'type':'history','limit':25" + before + "}");
            page = client.next("history");
            List<JsonObject> messages = page.json().getJsonArray("messages").getValuesAs(JsonObject.class);
            all.addAll(
                    0,
                    messages.stream()
                            .map(message -> message.getString("content"))
                            .toList());
            before = ",'before':{'epoch':'" + page.string("epoch") + "','offset':"
                    + messages.get(0).getJsonNumber("offset") + "}";
        } while (page.isTrue("more"));
        return all;
    }

    private static List<String> between(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(number -> "message " + number)
                .toList();
    }

    @Test
    void whatOneNodeWasToCopyIsCopiedByTheOther() {
        try (PostgresProcess postgres = PostgresProcess.launch();
                RedisProcess redis = RedisProcess.launch();
                MainProcess first = start(redis, postgres)) {
            URI one = first.awaitReady();
            awaitReady(one);
            RoomClient ann = join(one, "ann");
            ann.next("joined");
            try (MainProcess second = start(redis, postgres)) {
                URI other = second.awaitReady();
                Http metrics = awaitReady(other);
                publish(ann, 1, ALL / 2);
                first.signal("KILL");
                ann.awaitClose();

                RoomClient bob = join(other, "bob");
                bob.next("joined");
                publish(bob, ALL / 2 + 1, ALL);
                assertEquals(between(1, ALL), awaitAll(bob));
                String figures = metrics.send("GET", "/metrics", null).body();
                assertFalse(
                        figures.lines()
                                .anyMatch(line ->
                                        line.startsWith("roomcast_archive_missed_total ") && !line.endsWith(" 0.0")),
                        figures);
                bob.leave();
                Await.until(
                        "the lease of the killed node has ended",
                        () -> postgres.count("SELECT count(*) FROM message") == ALL);
                second.signal("TERM");
                second.awaitExit();
            }
            assertEquals(0, postgres.count("SELECT count(*) FROM hole"));
            // A plain stop gives back what the node held. The killed one could not.
            assertEquals(1, postgres.count("SELECT count(*) FROM archiver_node"));
        }
    }

    /** All is stopped, Redis comes back empty, and a member comes back as if nothing had happened. */
    @Test
    void aRoomGoesOnWhereRedisHasLostIt() {
        try (PostgresProcess postgres = PostgresProcess.launch();
                RedisProcess redis = RedisProcess.launch()) {
            String epoch;
            try (MainProcess first = start(redis, postgres, true)) {
                URI node = first.awaitReady();
                awaitReady(node);
                RoomClient ann = join(node, "ann");
                epoch = ann.next("joined").string("epoch");
                publish(ann, 1, 3);
                ann.leave();
                first.signal("TERM");
                first.awaitExit();
            }
            assertEquals(0, postgres.count("SELECT count(*) FROM node_life"));
            try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
                admin.flushAll();
            }
            try (MainProcess second = start(redis, postgres, true)) {
                URI node = second.awaitReady();
                awaitReady(node);
                RoomClient ann = join(node, "ann?since=" + epoch + ":1");
                Frame joined = ann.next("joined");
                assertEquals(epoch, joined.string("epoch"));
                assertTrue(joined.isTrue("recovered"));
                assertEquals("message 2", ann.next("message").content());
                assertEquals("message 3", ann.next("message").content());
                publish(ann, 4, 4);
            }
        }
    }

    private static List<String> awaitAll(RoomClient client) {
        List<String> found = new ArrayList<>();
        Await.until(() -> "all messages: " + found, 30, () -> {
            found.clear();
            found.addAll(backwards(client));
            return found.size() == ALL;
        });
        return found;
    }
}
