package io.roomcast.it.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.EventClient;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.PollClient;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import io.roomcast.support.TestServer;
import io.roomcast.support.redis.RedisProcess;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rooms over HTTP at two nodes over Redis, with each request to the other node in turn. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterPollIT {
    private static final int MESSAGES = 200;
    private static final String KEY = "a-key-of-sixteen-or-more";

    private static RedisProcess redis;
    private static EmbeddedServer east;
    private static EmbeddedServer west;

    private final AtomicInteger requests = new AtomicInteger();
    private String room;
    private PollClient ann;

    @BeforeAll
    static void start() {
        redis = RedisProcess.launch();
        east = start("east");
        west = start("west");
        Await.until("both are ready", () -> east.isReady() && west.isReady());
    }

    private static EmbeddedServer start(String name) {
        return EmbeddedServer.overRedis(name, redis.uri(), Map.of("roomcast.api.key", KEY));
    }

    @AfterAll
    static void stop() {
        east.close();
        west.close();
        redis.close();
    }

    @BeforeEach
    void enter() {
        room = TestServer.newRoom();
        ann = inTurn("ann").room(room);
    }

    /** A client whose requests go to each node in turn. */
    private PollClient inTurn(String user) {
        Supplier<URI> nodes = () -> (requests.getAndIncrement() % 2 == 0 ? east : west).uri();
        return new PollClient(nodes, user);
    }

    private static List<Long> offsets(List<Frame> frames) {
        return frames.stream()
                .filter(frame -> frame.is("message"))
                .map(Frame::offset)
                .toList();
    }

    /** Nothing is lost, doubled or out of order, and each repeated send is stored once. */
    @Test
    void everyMessageComesOnceAndInOrder() {
        ann.poll(20_000);
        PollClient ben = inTurn("ben");
        List<Frame> seen = new ArrayList<>();
        for (int sent = 0; sent < MESSAGES; sent += 10) {
            String[] lines = IntStream.range(sent, sent + 10)
                    .mapToObj(i -> "{'type':'publish','room':'" + room + "','content':'" + i + "','idempotencyKey':'k"
                            + i + "'}")
                    .toArray(String[]::new);
            List<Frame> acks = ben.send(lines);
            List<Frame> again = ben.send(lines);
            for (int i = 0; i < 10; i++) {
                assertEquals("ack", acks.get(i).type());
                assertEquals(acks.get(i).offset(), again.get(i).offset(), "the other node has the same");
            }
            seen.addAll(ann.poll(1_000));
        }
        while (offsets(seen).size() < MESSAGES) {
            List<Frame> more = ann.poll(5_000);
            assertTrue(more.get(0).isTrue("recovered"));
            seen.addAll(more);
        }
        assertEquals(IntStream.rangeClosed(1, MESSAGES).mapToObj(Long::valueOf).toList(), offsets(seen));
    }

    @Test
    void othersSeeNeitherLeaveNorJoinWhileTheClientGoesFromNodeToNode() {
        try (RoomClient eve = RoomClient.enter(east.uri(), room, "eve")) {
            eve.next("presence");
            for (int i = 0; i < 8; i++) {
                ann.poll(400);
            }
            Frame arrival = eve.next("presence");
            assertTrue(arrival.json().getJsonArray("joined").toString().contains("ann"), arrival::text);
            ann.without(room).poll(0);
            Frame left = eve.next("presence");
            assertTrue(left.json().getJsonArray("left").toString().contains("ann"), left::text);
        }
    }

    @Test
    void aLaterPollEndsTheEarlierOneAtTheOtherNode() {
        ann.poll(20_000);
        CompletableFuture<HttpResponse<String>> earlier = ann.pollAsync(20_000);
        Await.until(
                "the earlier poll waits long enough to be known as the earlier one",
                () -> ScrapedMetrics.of(west.uri()).get("roomcast_sessions_transport{transport=\"poll\"}") == 1);
        ann.pollAsync(3_000).join();
        CompletableFuture<HttpResponse<String>> later = ann.pollAsync(6_000);
        List<Frame> ended = PollClient.frames(PollClient.join(earlier));
        assertEquals("superseded", ended.get(ended.size() - 1).string("code"));
        assertFalse(PollClient.join(later).body().contains("superseded"));
    }

    /** The waiting poll and the stream are told, the node takes no further ones, and the other node goes on. */
    @Test
    void whoWaitsAtANodeThatDrainsGoesOnAtTheOther() {
        AtomicReference<URI> node = new AtomicReference<>(east.uri());
        PollClient bob = new PollClient(node::get, "bob").room(room);
        bob.poll(20_000);
        try (RoomClient eve = RoomClient.enter(west.uri(), room, "eve");
                EventClient events = new EventClient(east.uri().resolve("http/events?user=cleo&rooms=" + room), "")) {
            events.next("joined");
            // In no room, so that nothing else ends its poll.
            PollClient idle = new PollClient(east.uri(), "dora");
            idle.poll(20_000);
            CompletableFuture<HttpResponse<String>> waiting = idle.pollAsync(20_000);
            ScrapedMetrics.await(
                    east.uri(), RoomClient.PATIENCE_SECONDS, "roomcast_sessions_transport{transport=\"poll\"}", 1);
            Http operator = new Http(east.uri(), KEY);
            assertEquals(
                    200,
                    operator.send("POST", "/api/v1/node/drain", "{\"window\":\"1h\"}")
                            .statusCode());
            try {
                List<Frame> told = idle.take(PollClient.join(waiting));
                assertEquals(List.of("draining"), told.stream().map(Frame::type).toList());
                assertTrue(events.next("draining").number("reconnectAfterMs") <= 3_600_000);
                assertFalse(east.isReady());
                PollClient.refusal(503, "busy", PollClient.join(bob.pollAsync(20_000)));
                String page = "http://" + east.uri().getAuthority();
                HttpResponse<String> refused = new Http(east.uri(), null)
                        .sendWith(List.of("Origin", page), "POST", "/http/poll?user=bob", bob.body(0));
                PollClient.refusal(503, "busy", refused);
                assertEquals(
                        page,
                        refused.headers()
                                .firstValue("Access-Control-Allow-Origin")
                                .orElse(""),
                        "the page may read why");
                assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
                assertEquals(
                        "ack",
                        bob.send("{'type':'publish','room':'" + room + "','content':'last'}")
                                .get(0)
                                .type(),
                        "what was written is taken all the same");
                node.set(west.uri());
                List<Frame> there = bob.poll(20_000);
                assertTrue(there.get(0).isTrue("recovered"), there::toString);
                assertEquals("last", there.get(there.size() - 1).content());
                assertEquals(
                        200,
                        operator.send("POST", "/api/v1/node/drain", "{\"window\":\"0\"}")
                                .statusCode());
                assertEquals(4001, events.next("closed").number("code"));
                eve.say("{'type':'publish','id':1,'content':'end'}");
                Frame next = eve.next(
                        frame -> frame.is("message") || frame.text().contains("\"left\":[{\"user\":\"bob"), "an end");
                assertTrue(next.is("message"), next::text);
            } finally {
                operator.send("POST", "/api/v1/node/undrain", null);
            }
            assertTrue(east.isReady());
        }
    }

    /** Or the position in a room would stay unknown to the client. */
    @Test
    void aPollWaitsForTheAnswersOfItsRoomsHoweverShortItsWaitIs() {
        // Each node asks Redis once for what it signs sessions with.
        ann.poll(0);
        ann.poll(0);
        ann.room(room + "-2");
        redis.pause();
        CompletableFuture<HttpResponse<String>> poll;
        try {
            poll = ann.pollAsync(0);
            assertThrows(TimeoutException.class, () -> poll.get(1, TimeUnit.SECONDS));
        } finally {
            redis.resume();
        }
        List<Frame> answer = ann.take(PollClient.join(poll));
        assertEquals(2, types(answer).stream().filter("joined"::equals).count(), answer::toString);
        Await.until("both are ready", () -> east.isReady() && west.isReady());
    }

    private void operate(String path) {
        assertEquals(
                200,
                new Http(east.uri(), KEY).send("POST", "/api/v1/" + path, null).statusCode());
    }

    private static List<String> types(List<Frame> frames) {
        return frames.stream().map(Frame::type).toList();
    }

    /** Nobody waits at that moment, and the client may go to a node that has never seen it. */
    @Test
    void whoIsDisconnectedBetweenTwoRequestsIsToldAtAnyNode() {
        String user = "user-" + room;
        try (RoomClient eve = RoomClient.enter(west.uri(), room, "eve")) {
            AtomicReference<URI> node = new AtomicReference<>(east.uri());
            PollClient bob = new PollClient(node::get, user).room(room);
            bob.poll(20_000);
            eve.next(frame -> frame.text().contains(user + " has joined"), "an arrival");
            operate("users/" + user + "/disconnect");
            Frame left = eve.next(frame -> frame.text().contains(user), "what became of the user");
            assertEquals(user + " has left the room", left.content());
            node.set(west.uri());
            assertEquals(
                    4500,
                    bob.send("{'type':'publish','room':'" + room + "','content':'still here'}")
                            .get(0)
                            .number("code"));
            List<Frame> told = bob.poll(20_000);
            assertEquals(List.of("closed"), types(told));
            assertEquals(4500, told.get(0).number("code"));
            // As after a WebSocket, nothing keeps the user from coming back, or tells it twice.
            assertEquals("joined", bob.poll(1_000).get(0).type());
            Await.until("the other node knows", () -> {
                node.set(east.uri());
                return types(bob.poll(1_000)).contains("joined");
            });
            Frame next = eve.next("presence");
            assertEquals(user + " has joined the room", next.content(), "nobody saw it between");
        }
    }

    @Test
    void whoIsTakenOutOfARoomBetweenTwoPollsIsToldAtAnyNode() {
        try (RoomClient eve = RoomClient.enter(west.uri(), room, "eve")) {
            AtomicReference<URI> node = new AtomicReference<>(east.uri());
            PollClient bob = new PollClient(node::get, "bob").room(room).room(room + "-2");
            bob.poll(20_000);
            eve.next(frame -> frame.text().contains("bob has joined"), "bob's arrival");
            operate("rooms/" + room + "/close");
            eve.next("left");
            node.set(west.uri());
            List<Frame> told = bob.poll(20_000);
            assertEquals(
                    List.of(room),
                    told.stream()
                            .filter(frame -> frame.is("left"))
                            .map(frame -> frame.string("room"))
                            .toList());
            assertEquals(
                    List.of(room + "-2"),
                    told.stream()
                            .filter(frame -> frame.is("joined"))
                            .map(frame -> frame.string("room"))
                            .toList());
            assertEquals(
                    0,
                    Http.read(bob.send("{'type':'members','room':'" + room + "'}")
                                    .get(0)
                                    .text())
                            .getInt("count"));
            assertEquals(
                    2,
                    bob.poll(1_000).stream().filter(frame -> frame.is("joined")).count(),
                    "it may come back");
        }
    }

    /** One comes and another goes: the number of users says nothing, the revision does, on both nodes. */
    @Test
    void whoKeepsAListKnowsWhenToAskForIt() {
        RoomClient ben = RoomClient.enter(west.uri(), room, "ben");
        try (ben) {
            PollClient watcher = inTurn("watcher").room(room);
            watcher.poll(20_000);
            long known = settledRevision(watcher);
            assertEquals(known, joined(watcher.poll(1_000)).number("revision"), "the same at the other node");
            try (RoomClient cleo = RoomClient.enter(east.uri(), room, "cleo")) {
                cleo.say("{'type':'ping'}").next("pong");
                ben.next(frame -> frame.text().contains("cleo has joined"), "cleo's arrival");
                ben.say("{'type':'leave','id':9}").next("left");
                Frame later = joined(watcher.poll(1_000));
                assertTrue(later.number("revision") > known, later::text);
                assertEquals(
                        "[\"cleo\",\"watcher\"]",
                        watcher
                                .send("{'type':'members','room':'" + room + "'}")
                                .get(0)
                                .json()
                                .getJsonArray("users")
                                .getValuesAs(JsonObject.class)
                                .stream()
                                .map(user -> '"' + user.getString("id") + '"')
                                .collect(Collectors.joining(",", "[", "]")));
                assertEquals(2, later.number("members"));
            }
        }
    }

    private static Frame joined(List<Frame> answer) {
        return answer.stream().filter(frame -> frame.is("joined")).findFirst().orElseThrow();
    }

    /** The revision that both nodes know. */
    private static long settledRevision(PollClient client) {
        AtomicReference<Long> last = new AtomicReference<>(0L);
        Await.until("nobody comes any more", () -> {
            long now = joined(client.poll(1_000)).number("revision");
            return last.getAndSet(now) == now;
        });
        return last.get();
    }

    @Test
    void theIdOfAnEventIsGoodAtTheOtherNode() {
        String id;
        try (EventClient events = new EventClient(east.uri().resolve("http/events?user=ann&rooms=" + room), "")) {
            events.next("joined");
            ann.send("{'type':'publish','room':'" + room + "','content':'1'}");
            assertEquals("1", events.next("message").content());
            id = events.lastId();
        }
        ann.send("{'type':'publish','room':'" + room + "','content':'2'}");
        try (EventClient events = new EventClient(west.uri().resolve("http/events?user=ann&rooms=" + room), id)) {
            assertTrue(events.next("joined").isTrue("recovered"));
            assertEquals("2", events.next("message").content());
        }
    }
}
