package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import io.roomcast.support.redis.RedisProcess;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes over Redis: either answers for both. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterApiIT {
    private static RedisProcess redis;
    private static EmbeddedServer east;
    private static EmbeddedServer west;
    private static Http api;

    @BeforeAll
    static void start() {
        redis = RedisProcess.launch();
        east = start("east");
        west = start("west");
        api = new Http(east.uri(), ApiServer.KEY);
        Await.until("both are ready", () -> east.isReady() && west.isReady());
    }

    private static EmbeddedServer start(String name) {
        return EmbeddedServer.overRedis(name, redis.uri(), Map.of("roomcast.api.key", ApiServer.KEY));
    }

    @AfterAll
    static void stop() {
        east.close();
        west.close();
        redis.close();
    }

    private static JsonObject get(String path) {
        return api.json("GET", "/api/v1" + path, null);
    }

    private static JsonObject post(String path, String body) {
        return api.json("POST", "/api/v1" + path, body);
    }

    private static List<String> texts(JsonObject object, String name) {
        return object.getJsonArray(name).getValuesAs(JsonString::getString);
    }

    private static List<String> each(JsonObject object, String array, String name) {
        return object.getJsonArray(array).getValuesAs(JsonObject.class).stream()
                .map(element -> element.get(name))
                .map(value -> value instanceof JsonString text ? text.getString() : value.toString())
                .toList();
    }

    private static void assertFromBoth(JsonObject answer) {
        JsonObject cluster = answer.getJsonObject("cluster");
        assertEquals(List.of("east", "west"), texts(cluster, "answered"));
        assertEquals(JsonValue.EMPTY_JSON_ARRAY, cluster.get("silent"));
        assertTrue(cluster.getBoolean("complete"));
    }

    @Test
    void findsSessionsUsersAndRoomsOfBothNodes() {
        try (RoomClient here = RoomClient.enter(east.uri(), "bridge", "ann");
                RoomClient there = RoomClient.enter(west.uri(), "bridge", "ann");
                RoomClient ben = RoomClient.connect(west.uri().resolve("ws?user=ben"))) {
            here.say("{'type':'ping'}").next("pong");
            there.say("{'type':'ping'}").next("pong");
            String benSession = ben.say("{'type':'hello'}").next("welcome").string("session");
            JsonObject anns = get("/sessions?user=ann&order=id");
            assertFromBoth(anns);
            assertEquals(2, anns.getInt("count"));
            List<String> ids = each(anns, "sessions", "session");
            assertEquals(ids.stream().sorted().toList(), ids);
            JsonObject later = get("/sessions?user=ann&limit=1&after=" + ids.get(0));
            assertEquals(ids.subList(1, 2), each(later, "sessions", "session"));
            assertEquals("west", get("/sessions/" + benSession).getString("node"));
            JsonObject where = get("/users/ann");
            assertEquals(List.of("east", "west"), texts(where, "nodes"));
            assertEquals(List.of("bridge"), texts(where, "rooms"));
            JsonObject room = get("/rooms/bridge");
            assertFromBoth(room);
            assertEquals(List.of("1", "1"), each(room, "nodes", "members"));
            assertEquals(1, room.getInt("userCount"));
        }
    }

    @Test
    void listsNodesAndTheRoomsOfBoth() {
        List<RoomClient> clients = List.of(
                RoomClient.enter(east.uri(), "list-wide", "ann"),
                RoomClient.enter(west.uri(), "list-wide", "ben"),
                RoomClient.enter(west.uri(), "list-west", "cat"));
        try {
            JsonObject nodes = get("/nodes");
            assertFromBoth(nodes);
            assertEquals(List.of("east", "west"), each(nodes, "nodes", "node"));
            assertEquals(List.of("ready", "ready"), each(nodes, "nodes", "readiness"));
            assertTrue(nodes.getInt("sessions") >= 3, nodes::toString);
            JsonObject rooms = get("/rooms?prefix=list-");
            assertFromBoth(rooms);
            assertEquals(2, rooms.getInt("count"));
            assertFalse(rooms.getBoolean("cut"));
            assertEquals(List.of("list-wide", "list-west"), each(rooms, "rooms", "room"), "the largest first");
            assertEquals(List.of("2", "1"), each(rooms, "rooms", "members"));
            assertEquals(List.of("list-wide"), each(get("/rooms?prefix=list-&limit=1"), "rooms", "room"));
            JsonObject here = get("/node/rooms?prefix=list-");
            assertEquals("east", here.getString("node"));
            assertEquals(List.of("list-wide"), each(here, "rooms", "room"));
            assertEquals(List.of("1"), each(here, "rooms", "members"));
        } finally {
            clients.forEach(RoomClient::close);
        }
    }

    /** What concerns one node says so in its address. */
    @Test
    void disconnectsAndClosesOnOneNode() throws Exception {
        try (RoomClient here = RoomClient.enter(east.uri(), "quay", "hal");
                RoomClient there = RoomClient.enter(west.uri(), "quay", "hal");
                RoomClient one = RoomClient.enter(east.uri(), "mole", "ida");
                RoomClient two = RoomClient.enter(west.uri(), "mole", "ida")) {
            assertEquals(1, post("/node/users/hal/disconnect", null).getInt("sessions"));
            assertEquals(4500, here.awaitClose());
            there.say("{'type':'ping'}").next("pong");
            assertEquals(1, post("/node/rooms/mole/close", null).getInt("members"));
            assertEquals(4500, one.awaitClose());
            two.say("{'type':'ping'}").next("pong");
        }
    }

    @Test
    void disconnectsAndClosesOnBothNodes() throws Exception {
        try (RoomClient here = RoomClient.enter(east.uri(), "pier", "cat");
                RoomClient there = RoomClient.enter(west.uri(), "pier", "cat");
                RoomClient one = RoomClient.enter(west.uri(), "dune", "dan");
                RoomClient two = RoomClient.enter(east.uri(), "dune", "eva");
                RoomClient fay = RoomClient.connect(west.uri().resolve("ws?user=fay"))) {
            assertEquals(2, post("/users/cat/disconnect", null).getInt("sessions"));
            assertEquals(4500, here.awaitClose());
            assertEquals(4500, there.awaitClose());
            assertEquals(2, post("/rooms/dune/close", null).getInt("members"));
            assertEquals(4500, one.awaitClose());
            assertEquals(4500, two.awaitClose());
            String id = fay.say("{'type':'hello'}").next("welcome").string("session");
            assertFromBoth(post("/sessions/" + id + "/disconnect", null));
            assertEquals(4500, fay.awaitClose());
        }
    }

    @Test
    void changesALimitOnBothNodesOrOnOne() {
        String key = "roomcast.limits.room-users";
        JsonObject all = post("/limits", "{\"key\":\"%s\",\"value\":\"77\"}".formatted(key));
        assertFromBoth(all);
        assertEquals(List.of(77, 77), limits(all, key));
        post("/node/limits", "{\"key\":\"%s\",\"value\":\"78\"}".formatted(key));
        assertEquals(List.of(78, 77), limits(get("/limits"), key));
    }

    @Test
    void whoJoinedWithoutPresenceIsSeenOnNoNode() {
        try (RoomClient here = RoomClient.enter(east.uri(), "loft", "fay");
                RoomClient there = RoomClient.connect(west.uri().resolve("ws?user=ghost"))) {
            there.say("{'type':'members','id':1,'room':'loft'}");
            Frame from = there.next("members");
            assertEquals(1, from.number("count"), "asked on a node where the room is not open");
            there.say("{'type':'join','id':2,'room':'loft','presence':false}").next("joined");
            here.say("{'content':'boo'}");
            assertEquals("boo", there.next("message").content());
            assertEquals(1, get("/rooms/loft/members").getInt("count"));
            there.say("{'type':'join','id':3,'room':'loft','presence':true}").next("joined");
            Frame came = here.next(frame -> frame.is("presence") && frame.text().contains("ghost"), "ghost");
            assertTrue(came.content().contains("ghost has joined"), came.text());
            assertEquals(2, came.number("count"));
            there.say("{'type':'join','id':4,'room':'loft','presence':false}").next("joined");
            Frame went = here.next(frame -> frame.is("presence") && frame.text().contains("ghost"), "ghost");
            assertTrue(went.content().contains("ghost has left"), went.text());
            assertEquals(1, get("/rooms/loft/members").getInt("count"));
            there.say("{'type':'history','id':5,'room':'loft'}");
            assertTrue(there.next("history").text().contains("boo"));
        }
    }

    @Test
    void tellsWhatBothNodesHaveRefused() {
        for (EmbeddedServer node : List.of(east, west)) {
            try (RoomClient gus = RoomClient.connect(node.uri().resolve("ws?user=gus"))) {
                assertEquals(
                        "not_joined",
                        gus.say("{'type':'leave','id':1,'room':'attic'}").error());
            }
        }
        JsonObject refusals = get("/refusals?user=gus&limit=1");
        assertFromBoth(refusals);
        assertEquals(List.of("west"), each(refusals, "last", "node"), "the last");
        assertEquals(List.of("west", "east"), each(get("/refusals?user=gus"), "last", "node"));
        assertEquals(2, refusals.getJsonObject("counts").getInt("not_joined"));
    }

    private static List<Integer> limits(JsonObject all, String key) {
        return all.getJsonArray("nodes").getValuesAs(JsonObject.class).stream()
                .map(node -> node.getJsonObject("limits").getInt(key))
                .toList();
    }

    /** Without Redis nobody can say which nodes there are: the node still answers for itself. */
    @Test
    void answersForItselfWhileRedisIsAway() {
        RedisProcess own = RedisProcess.launch();
        try (EmbeddedServer alone = EmbeddedServer.start(Map.of(
                "roomcast.node",
                "alone",
                "roomcast.relay",
                "redis",
                "roomcast.redis.uri",
                own.uri(),
                "roomcast.api.key",
                ApiServer.KEY))) {
            Await.until("it is ready", () -> alone.isReady());
            Http http = new Http(alone.uri(), ApiServer.KEY);
            assertTrue(http.json("GET", "/api/v1/sessions", null)
                    .getJsonObject("cluster")
                    .getBoolean("complete"));
            own.close();
            JsonObject cluster = http.json("GET", "/api/v1/sessions", null).getJsonObject("cluster");
            assertEquals(List.of("alone"), texts(cluster, "answered"));
            assertFalse(cluster.getBoolean("complete"));
            for (String path : List.of("/rooms", "/nodes", "/limits", "/refusals", "/users/ann")) {
                JsonObject answer = http.json("GET", "/api/v1" + path, null);
                assertFalse(answer.getJsonObject("cluster").getBoolean("complete"), path);
            }
            assertEquals(503, http.send("GET", "/api/v1/sessions/abc", null).statusCode(), "another may have it");
        }
    }
}
