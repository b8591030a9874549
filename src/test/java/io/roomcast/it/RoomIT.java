package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The main job: people in rooms talk to each other. */
class RoomIT {
    @AutoClose
    private static TestServer server;

    private final String room = TestServer.newRoom();

    @AutoClose
    private final RoomClient ann = RoomClient.enter(server, room, "ann");

    @BeforeAll
    static void open() {
        server = TestServer.open();
    }

    @Test
    void whatOneSaysEveryoneInTheRoomHears() {
        try (RoomClient bob = RoomClient.connect(server.webSocket("ws?user=bob"));
                RoomClient elsewhere = RoomClient.enter(server, TestServer.newRoom(), "eve")) {
            bob.say("{'type':'join','id':1,'room':'" + room + "'}");
            Frame joined = bob.next("joined");
            assertEquals(1, joined.number("id"));
            assertEquals(room, joined.string("room"));
            assertEquals("bob", joined.string("user"));
            assertEquals(0, joined.offset());
            assertEquals(2, joined.number("members"));
            assertFalse(joined.isTrue("recovered"));

            ann.say("{'type':'publish','id':7,'room':'" + room
                    + "','idempotencyKey':'k1','content':'Grüße 😀','sender':'bob'}");
            Frame ack = ann.next("ack");
            assertEquals(7, ack.number("id"));
            assertEquals("k1", ack.string("idempotencyKey"));
            assertEquals(joined.string("epoch"), ack.string("epoch"));
            assertEquals(1, ack.offset());

            for (RoomClient listener : List.of(bob)) {
                Frame message = listener.next("message");
                assertEquals(room, message.string("room"));
                assertEquals("ann", message.string("sender"), "whatever the frame claims");
                assertEquals("Grüße 😀", message.content());
                assertEquals("k1", message.string("idempotencyKey"));
                assertEquals(1, message.offset());
                assertTrue(message.number("at") > 1_600_000_000_000L);
            }
            assertEquals(
                    List.of(),
                    elsewhere.everythingUntilNow().stream()
                            .filter(f -> f.is("message"))
                            .toList());
        }
    }

    @Test
    void severalMessagesOfOnePublishComeInOrderAndAreAnsweredTogether() {
        try (RoomClient bob = RoomClient.enter(server, room, "bob")) {
            ann.say("{'type':'publish','id':1,'messages':[{'content':'a','idempotencyKey':'k'},"
                    + "{'data':[1.0],'meta':{'t':'1'}},{'content':'c'}]}");
            Frame ack = ann.next("ack");
            assertEquals(1, ack.number("id"));
            assertEquals(1, ack.number("first"));
            assertEquals(3, ack.offset());
            assertEquals(3, ack.number("count"));
            assertFalse(ack.has("positions"));

            ann.say(
                    "{'type':'publish','id':2,'messages':[{'content':'again','idempotencyKey':'k'},{'content':'d'},{}]}");
            Frame rest = ann.next("ack");
            assertEquals(2, rest.number("count"));
            assertEquals(4, rest.offset());
            assertTrue(rest.has("positions"));
            assertTrue(rest.has("error"));
            assertEquals(
                    List.of("a", "", "c", "d"),
                    IntStream.range(0, 4)
                            .mapToObj(i -> bob.next("message"))
                            .map(message -> message.has("content") ? message.content() : "")
                            .toList());
        }
    }

    @Test
    void dataAndMetaComeBackAsTheyWereSent() {
        String data = "{ \"n\" : [1.0, -0, 1e400, 12345678901234567890],\"s\":\"\\u00e4\\/ä\",\"n\":null }";
        String meta = "{\"trace\":\"a-1\",\"empty\":\"\"}";
        try (RoomClient bob = RoomClient.enter(server, room, "bob")) {
            bob.send("{\"type\":\"publish\",\"id\":1,\"data\":" + data + ",\"meta\":" + meta + "}");
            bob.say("{'type':'publish','id':2,'content':'both','data':[1],'idempotencyKey':'k'}");
            for (RoomClient listener : List.of(ann, bob)) {
                Frame message = listener.next("message");
                assertTrue(message.text().contains("\"data\":" + data), message.text());
                assertTrue(message.text().contains("\"meta\":" + meta), message.text());
                assertFalse(message.has("content") || message.has("idempotencyKey"), message.text());
                Frame both = listener.next("message");
                assertEquals("both", both.content());
                assertEquals("[1]", both.json().get("data").toString());
                assertFalse(both.has("meta"));
            }
            bob.say("{'type':'history','id':3}");
            String history = bob.next("history").text();
            assertTrue(history.contains("\"data\":" + data) && history.contains("\"meta\":" + meta), history);
        }
    }

    @Test
    void contentAndDataShareOneLimit() {
        long most = 16 * 1024;
        String half = "x".repeat((int) most / 2);
        ann.send("{\"id\":1,\"content\":\"" + half + "\",\"data\":\"" + half.substring(2) + "\"}");
        assertEquals(1, ann.next("ack").offset());
        ann.send("{\"id\":2,\"content\":\"" + half + "\",\"data\":\"" + half.substring(1) + "\"}");
        Frame error = ann.next("error");
        assertEquals("too_large", error.string("code"));
        assertEquals("content and data have 16385 bytes, 16384 are allowed", error.string("text"));
    }

    @Test
    void allHearTheSameInTheSameOrder() {
        try (RoomClient bob = RoomClient.enter(server, room, "bob");
                RoomClient eve = RoomClient.enter(server, room, "eve")) {
            List<RoomClient> all = List.of(ann, bob, eve);
            for (int i = 0; i < 200; i++) {
                all.get(i % 3).say("{'content':'" + i + "'}");
            }
            List<String> first = hear(ann, 200);
            assertEquals(first, hear(bob, 200));
            assertEquals(first, hear(eve, 200));
            for (int speaker = 0; speaker < 3; speaker++) {
                int number = speaker;
                assertEquals(
                        IntStream.range(0, 200)
                                .filter(i -> i % 3 == number)
                                .boxed()
                                .toList(),
                        first.stream()
                                .map(Integer::valueOf)
                                .filter(i -> i % 3 == number)
                                .toList(),
                        "in the order in which one connection sent them");
            }
        }
    }

    private static List<String> hear(RoomClient client, int messages) {
        return IntStream.rangeClosed(1, messages)
                .mapToObj(offset -> {
                    Frame message = client.next("message");
                    assertEquals(offset, message.offset());
                    return message.content();
                })
                .toList();
    }

    @Test
    void oneConnectionIsInManyRooms() {
        String other = TestServer.newRoom();
        try (RoomClient bob = RoomClient.connect(server.webSocket("ws?user=bob"))) {
            bob.say("{'type':'join','room':'" + room + "'}\n{'type':'join','room':'" + other + "'}");
            bob.next("joined");
            bob.next("joined");
            bob.say("{'room':'" + other + "','content':'here'}\n{'room':'" + room + "','content':'there'}");
            assertEquals("there", ann.next("message").content());
            // Between two rooms there is no order, and one of them may be late.
            String first = bob.next("message").content();
            String second = bob.next("message").content();
            assertEquals(Set.of("here", "there"), Set.of(first, second));

            bob.say("{'type':'leave','id':3,'room':'" + room + "'}");
            assertEquals(3, bob.next("left").number("id"));
            ann.say("{'content':'gone?','id':1}");
            ann.next("ack");
            assertEquals(
                    0,
                    bob.everythingUntilNow().stream()
                            .filter(f -> f.is("message"))
                            .count());
            bob.say("{'room':'" + room + "','id':4,'content':'from outside'}");
            assertEquals("not_joined", bob.next("error").string("code"));
        }
    }

    @Test
    void severalFramesShareAWebSocketFrameBothWays() {
        StringBuilder frames = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            frames.append("{\"type\":\"publish\",\"id\":").append(i).append(",\"content\":\"x\"}\n\r\n");
        }
        ann.send(frames.toString());
        for (int i = 0; i < 500; i++) {
            assertEquals(i, ann.next("ack").number("id"));
        }
        Await.until("500 messages", () -> messages(ann.texts()) == 500);
        assertTrue(
                ann.texts().size() < 900,
                "over 1,000 frames came in " + ann.texts().size());
    }

    private static long messages(List<String> texts) {
        return texts.stream()
                .flatMap(String::lines)
                .map(Frame::of)
                .filter(frame -> frame.is("message"))
                .count();
    }

    @Test
    void aPublishIsRepeatableByItsKey() {
        ann.say("{'id':1,'idempotencyKey':'once','content':'first'}");
        Frame first = ann.next("ack");
        try (RoomClient again = RoomClient.enter(server, room, "ann");
                RoomClient bob = RoomClient.enter(server, room, "bob")) {
            again.say("{'id':2,'idempotencyKey':'once','content':'again'}");
            Frame second = again.next("ack");
            assertEquals(first.offset(), second.offset());
            assertEquals(first.string("epoch"), second.string("epoch"));
            bob.say("{'id':3,'idempotencyKey':'once','content':'mine'}");
            assertNotEquals(first.offset(), bob.next("ack").offset(), "a user's keys are its own");
            ann.everythingUntilNow();
            ann.say("{'type':'history','id':4}");
            assertEquals(2, ann.next("history").json().getJsonArray("messages").size());
        }
    }

    @Test
    void withoutIdAndKeyNothingIsAcknowledged() {
        ann.say("{'content':'just so'}");
        ann.next("message");
        assertEquals(
                List.of(),
                ann.everythingUntilNow().stream().filter(f -> f.is("ack")).toList());
    }

    @Test
    void pingIsAnswered() {
        ann.say("{'type':'ping','id':9007199254740991}");
        assertEquals((1L << 53) - 1, ann.next("pong").number("id"));
        ann.say("{'type':'ping'}");
        assertFalse(ann.next("pong").has("id"));
    }

    @Test
    void helloIsWelcomed() {
        try (RoomClient guest = RoomClient.connect(server.webSocket("ws"))) {
            guest.say("{'type':'hello','id':1,'user':'Jürgen'}");
            Frame welcome = guest.next("welcome");
            assertEquals("Jürgen", welcome.string("user"));
            assertTrue(welcome.number("heartbeatMs") >= 1_000);
            assertFalse(welcome.string("node").isEmpty());
            assertTrue(welcome.string("session").matches("[A-Za-z0-9_-]{12}"), welcome.string("session"));
            for (String limit : List.of("frameBytes", "contentBytes", "rooms", "batch", "metaEntries", "metaBytes")) {
                assertTrue(welcome.json().getJsonObject("limits").getInt(limit) > 0, limit);
            }
            guest.say("{'type':'hello','id':2,'user':'other'}");
            assertEquals("bad_request", guest.next("error").string("code"));
        }
        ann.say("{'type':'hello','id':3}");
        assertEquals("ann", ann.next("welcome").string("user"));
    }

    @Test
    void theSubprotocolIsAgreed() {
        assertEquals(RoomClient.V1, ann.subprotocol());
        try (RoomClient none = RoomClient.plain(server.webSocket("ws"))) {
            assertEquals("", none.subprotocol());
            none.say("{'type':'ping','id':1}");
            assertEquals(1, none.next("pong").number("id"));
        }
    }
}
