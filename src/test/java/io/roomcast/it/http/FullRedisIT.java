package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import io.roomcast.support.redis.TestRedis;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node whose Redis is full says so to everybody who publishes, and takes the same message once there is space. */
@Timeout(120)
class FullRedisIT {
    private static final String PATH = "/api/v1/rooms/";
    private static final String MESSAGE = "{\"sender\":\"billing\",\"content\":\"paid\",\"idempotencyKey\":\"k\"}";

    @RegisterExtension
    final TestRedis redis = new TestRedis();

    private EmbeddedServer server;
    private Http backEnd;

    @BeforeEach
    void start() {
        server = EmbeddedServer.start(Map.of(
                "roomcast.relay", "redis", "roomcast.redis.uri", redis.uri(), "roomcast.api.key", ApiServer.KEY));
        backEnd = new Http(server.uri(), ApiServer.KEY);
        Await.until("the node is ready", () -> health() == 200);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int health() {
        return backEnd.send("GET", "/health/ready", null).statusCode();
    }

    private void memory(String bytes) {
        redis.admin().configSet("maxmemory", bytes);
    }

    private HttpResponse<String> publish(String room) {
        return backEnd.send("POST", PATH + room + "/messages", MESSAGE);
    }

    private static void assertUnavailable(HttpResponse<String> answer) {
        assertEquals(503, answer.statusCode(), answer.body());
        assertEquals("unavailable", Http.read(answer.body()).getString("code"));
    }

    @Test
    void backEndIsAnswered503AndStoresTheSameMessageOnceThereIsSpace() {
        assertEquals(200, publish("old").statusCode());
        memory("1");
        long keys = redis.admin().dbSize();
        for (int i = 0; i < 20; i++) {
            assertUnavailable(publish("new" + i));
            assertUnavailable(backEnd.send("GET", PATH + "new" + i + "/messages", null));
        }
        assertUnavailable(backEnd.send("POST", PATH + "old/messages", MESSAGE.replace("\"k\"", "\"other\"")));
        assertEquals(200, backEnd.send("GET", PATH + "old/messages", null).statusCode(), "a room can still be read");
        assertEquals(keys, redis.admin().dbSize());
        memory("0");

        Await.until("it is stored", () -> publish("new0").statusCode() == 200);
        JsonObject history = backEnd.json("GET", PATH + "new0/messages", null);
        assertEquals(1, history.getJsonArray("messages").size());
    }

    @Test
    void membersAreToldAndMayPublishTheSameMessageOnceThereIsSpace() {
        try (RoomClient ann = RoomClient.enter(server.uri(), "lobby", "ann");
                RoomClient bob = RoomClient.enter(server.uri(), "lobby", "bob")) {
            memory("1");
            for (int id = 1; id <= 5; id++) {
                Frame error = ann.say("{'type':'publish','id':" + id + ",'content':'hello','idempotencyKey':'k'}")
                        .next("error");
                assertEquals("unavailable", error.string("code"));
                assertEquals(id, error.number("id"));
            }
            memory("0");
            Await.until(
                    "it is stored",
                    () -> ann.say("{'type':'publish','id':6,'content':'hello','idempotencyKey':'k'}")
                            .next(frame -> frame.is("ack") || frame.is("error"), "an answer")
                            .is("ack"));
            Frame heard = bob.next("message");
            assertEquals("hello", heard.string("content"));
            assertEquals(1, heard.number("offset"));
        }
    }
}
