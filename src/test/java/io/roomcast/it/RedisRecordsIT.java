package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import io.roomcast.support.postgres.PostgresProcess;
import io.roomcast.support.postgres.TestPostgres;
import io.roomcast.support.redis.TestRedis;
import jakarta.json.JsonObject;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.RestoreParams;

/** What operators do with messages that are in Redis, in the archive of two nodes, or on the way from one to the other. */
@Tag("embedded")
class RedisRecordsIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static final String KEY = "a-key-of-sixteen-or-more";

    private static EmbeddedServer one;
    private static EmbeddedServer two;
    private static Http first;
    private static Http second;

    @BeforeAll
    static void start() {
        String url = POSTGRES.newUrl();
        one = node("one", url);
        two = node("two", url);
        Await.until("nodes that are ready", () -> one.isReady() && two.isReady());
        first = new Http(one.uri(), KEY);
        second = new Http(two.uri(), KEY);
    }

    private static EmbeddedServer node(String name, String url) {
        return EmbeddedServer.overRedis(
                name,
                REDIS.uri(),
                PostgresProcess.settings(url, "roomcast.api.key", KEY, "roomcast.history.size", "10"));
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
    }

    private static void publish(String room, String sender, int from, int to, String content) {
        String several = IntStream.rangeClosed(from, to)
                .mapToObj(i -> "{\"content\":\"" + content + " " + i + "\"}")
                .collect(Collectors.joining(","));
        first.json(
                "POST",
                "/api/v1/rooms/" + room + "/messages",
                "{\"sender\":\"" + sender + "\",\"messages\":[" + several + "]}");
    }

    private static List<Long> offsets(List<String> lines) {
        return lines.subList(1, lines.size() - 1).stream()
                .map(Http::read)
                .map(line -> line.getJsonNumber("offset").longValue())
                .toList();
    }

    @Test
    void anExportHasWhatIsNotCopiedYet() {
        for (int i = 0; i < 4; i++) {
            publish("orders", i % 2 == 0 ? "una" : "bob", 10 * i + 1, 10 * i + 10, "order");
            List<String> lines = RecordsIT.export(second, "rooms/orders");
            JsonObject head = Http.read(lines.get(0));
            assertEquals(10 * i + 10, head.getInt("offset"));
            assertEquals(1, head.getJsonObject("first").getInt("offset"));
            assertEquals(LongStream.rangeClosed(1, 10 * i + 10).boxed().toList(), offsets(lines));
            assertTrue(lines.get(lines.size() - 1).contains("\"complete\":true"), lines::toString);
        }
        publish("others", "una", 1, 3, "other");
        List<String> lines = RecordsIT.export(second, "users/una");
        assertEquals("{\"type\":\"end\",\"messages\":23,\"complete\":true}", lines.get(lines.size() - 1));
        assertEquals(25, lines.size());
        List<String> none = RecordsIT.export(second, "rooms/nobody-was-here");
        assertEquals(2, none.size());
    }

    private static JsonObject erase(Http node, String user) {
        assertEquals(
                202, node.send("POST", "/api/v1/users/" + user + "/erase", null).statusCode());
        Await.until("the erasure has ended", () -> !isRunning(node, user));
        return node.json("GET", "/api/v1/users/" + user + "/erase", null);
    }

    private static List<String> logOf(String room) {
        return REDIS.admin().xrange("roomcast:{" + room + "}:log", (StreamEntryID) null, (StreamEntryID) null).stream()
                .map(entry -> entry.getFields().get("body"))
                .toList();
    }

    private static long stored(String text) {
        return POSTGRES.process()
                .count("SELECT count(*) FROM test1.message WHERE position('" + text
                        + "' IN convert_from(body, 'UTF8')) > 0");
    }

    @Test
    void whatIsErasedIsErasedInRedisInTheArchiveAndInTheMemoryOfAllNodes() {
        publish("talk", "eve", 1, 20, "secret");
        publish("talk", "fay", 21, 22, "eve said");
        try (RoomClient ann = RoomClient.enter(one.uri(), "talk", "ann");
                RoomClient bob = RoomClient.enter(two.uri(), "talk", "bob");
                RoomClient eve = RoomClient.enter(two.uri(), "talk", "eve")) {
            eve.say("{'id':1,'content':'a secret'}");
            Frame ack = eve.next("ack");
            assertEquals(23, ack.offset());
            long at = bob.next(frame -> frame.is("message") && frame.offset() == 23, "the message")
                    .number("at");
            // Some of them are not copied yet.
            JsonObject report = erase(first, "eve");
            assertEquals("done", report.getString("state"), report::toString);
            assertEquals(21, report.getInt("messages"), report::toString);
            assertEquals(1, report.getInt("rooms"));
            assertTrue(report.getJsonArray("remains").toString().contains("append-only file"), report::toString);
            assertFalse(logOf("talk").toString().contains("secret"));
            assertEquals(0, stored("secret"));

            publish("talk", "fay", 24, 24, "goes on");
            assertEquals(
                    24,
                    ann.next(frame -> frame.is("message") && frame.offset() == 24, "the next")
                            .offset());
            // Who comes back proves its position with the time of a message that was erased.
            bob.leave();
            String since = "{'type':'join','id':1,'room':'talk','since':{'epoch':'" + ack.string("epoch")
                    + "','offset':23,'at':" + at + "}}";
            try (RoomClient back =
                    RoomClient.connect(URI.create(two.uri().toString().replace("http", "ws") + "ws?user=bob"))) {
                back.say(since);
                assertTrue(back.next("joined").isTrue("recovered"));
                assertEquals(24, back.next("message").offset());
                // This node has had the message in memory.
                back.say(since.replace("23,", "22,").replaceAll(",'at':\\d+", ""));
                assertTrue(back.next("joined").isTrue("recovered"));
                assertTrue(back.next("message").isTrue("erased"));
                back.say(since.replace("23,", "14,").replaceAll(",'at':\\d+", ""));
                assertTrue(back.next("joined").isTrue("recovered"));
                String missed = IntStream.rangeClosed(15, 24)
                        .mapToObj(i -> back.next("message").toString())
                        .collect(Collectors.joining());
                assertFalse(missed.contains("secret"), missed);
            }
        }
        List<String> lines = RecordsIT.export(second, "rooms/talk");
        assertEquals(LongStream.rangeClosed(1, 24).boxed().toList(), offsets(lines));
        assertFalse(lines.toString().contains("secret"));
        assertEquals(2, RecordsIT.export(second, "users/eve").size());
        assertEquals(0, stored("secret"));
        assertEquals(24, stored("\"room\":\"talk\""));
    }

    /** Redis comes back with older data, which have the texts again. The archive has not. */
    @Test
    void anErasureIsRepeatedAfterRedisHasTheTextsAgain() {
        publish("older", "ivy", 1, 5, "returns");
        String log = "roomcast:{older}:log";
        byte[] before = REDIS.admin().dump(log);
        assertEquals(5, erase(first, "ivy").getInt("messages"));
        assertEquals(0, erase(first, "ivy").getInt("messages"));
        REDIS.admin().restore(log, 60_000, before, RestoreParams.restoreParams().replace());
        JsonObject again = erase(second, "ivy");
        assertEquals("done", again.getString("state"), again::toString);
        assertFalse(logOf("older").toString().contains("returns"));
        assertEquals(0, stored("returns"));
        assertEquals(5, offsets(RecordsIT.export(first, "rooms/older")).size());
    }

    /** What waits in Redis while the database stores nothing. */
    @Test
    void whatIsNotCopiedYetGetsToTheArchiveWithoutItsText() {
        publish("waiting", "fay", 1, 3, "kept");
        RecordsIT.export(first, "rooms/waiting");
        refuseMessages();
        try {
            publish("waiting", "gil", 4, 9, "hidden");
            JsonObject report = erase(second, "gil");
            assertEquals("done", report.getString("state"), report::toString);
            assertEquals(6, report.getInt("messages"));
            assertEquals(
                    503, first.send("GET", "/api/v1/rooms/waiting/export", null).statusCode());
        } finally {
            takeMessages();
        }
        Await.until("the rest is copied", () -> stored("\"room\":\"waiting\"") == 9);
        assertEquals(0, stored("hidden"));
        assertEquals(9, offsets(RecordsIT.export(first, "rooms/waiting")).size());
    }

    /** A node has read a page, and stores it while Redis has erased the messages already. */
    @Test
    void whatIsOnItsWayToTheArchiveIsErasedToo() throws SQLException {
        publish("crossing", "fay", 1, 1, "kept");
        RecordsIT.export(first, "rooms/crossing");
        try (Connection holder =
                DriverManager.getConnection(POSTGRES.process().url(), PostgresProcess.USER, PostgresProcess.PASSWORD)) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("LOCK TABLE test1.message IN SHARE MODE");
            publish("crossing", "hal", 2, 4, "on its way");
            Await.until(
                    "a node that cannot store what it has read",
                    () -> POSTGRES.process().count("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0);
            assertEquals(
                    202, first.send("POST", "/api/v1/users/hal/erase", null).statusCode());
            Await.until(
                    "Redis has erased them", () -> !logOf("crossing").toString().contains("on its way"));
            assertFalse(Await.comesTrue(1, () -> !isRunning(first, "hal")), "the erasure waits for the node");
            holder.rollback();
        }
        Await.until("the erasure has ended", () -> !isRunning(first, "hal"));
        assertEquals(0, stored("on its way"));
        assertEquals(4, stored("\"room\":\"crossing\""));
    }

    private static boolean isRunning(Http node, String user) {
        return node.json("GET", "/api/v1/users/" + user + "/erase", null)
                .getString("state")
                .equals("running");
    }

    private static void refuseMessages() {
        POSTGRES.process()
                .run("CREATE FUNCTION test1.fault() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$");
        POSTGRES.process().run("CREATE TRIGGER fault BEFORE INSERT ON test1.message EXECUTE FUNCTION test1.fault()");
    }

    private static void takeMessages() {
        POSTGRES.process().run("DROP FUNCTION test1.fault() CASCADE");
    }

    private static List<Long> history(Http node, String room) {
        return node.json("GET", "/api/v1/rooms/" + room + "/messages?limit=100", null).getJsonArray("messages").stream()
                .map(message -> message.asJsonObject().getJsonNumber("offset").longValue())
                .toList();
    }

    @Test
    void whatIsImportedHasItsPlacesAndTheRoomGoesOn() {
        publish("moved", "ann", 1, 30, "line");
        List<String> lines = RecordsIT.export(first, "rooms/moved");
        assertEquals(
                15, RecordsIT.imported(second, "copy", lines.subList(0, 16)).getInt("stored"));
        JsonObject rest = RecordsIT.imported(first, "copy", lines);
        assertEquals(15, rest.getInt("stored"));
        assertEquals(15, rest.getInt("present"));
        assertEquals(0, RecordsIT.imported(second, "copy", lines).getInt("stored"));
        assertEquals(LongStream.rangeClosed(1, 30).boxed().toList(), history(second, "copy"));

        String epoch = Http.read(lines.get(1)).getString("epoch");
        try (RoomClient bob =
                RoomClient.connect(URI.create(two.uri().toString().replace("http", "ws") + "ws?user=bob"))) {
            bob.say("{'type':'join','id':1,'room':'copy','since':{'epoch':'" + epoch + "','offset':25}}");
            assertTrue(bob.next("joined").isTrue("recovered"));
            assertEquals(26, bob.next("message").offset());
            publish("copy", "ann", 31, 31, "goes on");
            assertEquals(
                    31,
                    bob.next(frame -> frame.is("message") && frame.has("offset") && frame.offset() > 30, "the next")
                            .offset());
        }
        List<String> all = RecordsIT.export(second, "rooms/copy");
        assertEquals(
                lines.subList(1, 31).stream()
                        .map(line -> line.replace("\"moved\"", "\"copy\""))
                        .toList(),
                all.subList(1, 31));
        assertEquals(31, offsets(all).size());
        assertEquals(epoch, Http.read(all.get(31)).getString("epoch"));
    }

    @Test
    void nothingIsImportedWhereSomebodyIsOrOtherMessagesAre() {
        publish("source", "ann", 1, 5, "line");
        List<String> lines = RecordsIT.export(first, "rooms/source");
        publish("taken", "ann", 1, 2, "other");
        assertEquals("the room has other messages already", RecordsIT.refused(409, second, "taken", lines));
        try (RoomClient ann = RoomClient.enter(one.uri(), "visited", "ann")) {
            assertTrue(
                    RecordsIT.refused(409, second, "visited", lines).startsWith("somebody is in the room"),
                    ann::toString);
        }
        // It has seen the room, which has no messages.
        Await.until(
                "nobody listens any more",
                () -> RecordsIT.bring(second, "visited", lines).statusCode() == 200);
        assertEquals(LongStream.rangeClosed(1, 5).boxed().toList(), history(first, "visited"));
        REDIS.admin().del("roomcast:{visited}:numbering", "roomcast:{visited}:log");
        assertEquals(5, RecordsIT.imported(first, "visited", lines).getInt("present"));
    }

    /** The places are claimed, and the database cannot store the messages. */
    @Test
    void anImportThatBreaksOffIsBegunAnew() {
        publish("origin", "ann", 1, 5, "line");
        List<String> lines = RecordsIT.export(first, "rooms/origin");
        refuseMessages();
        try {
            RecordsIT.refused(503, first, "broken", lines);
            assertEquals("5", REDIS.admin().hget("roomcast:{broken}:numbering", "offset"));
        } finally {
            takeMessages();
        }
        assertEquals(5, RecordsIT.imported(second, "broken", lines).getInt("stored"));
        publish("broken", "ann", 6, 6, "goes on");
        assertEquals(6, offsets(RecordsIT.export(first, "rooms/broken")).size());
        assertEquals(
                0,
                POSTGRES.process()
                        .count("SELECT count(*) FROM test1.hole h JOIN test1.numbering n ON n.id = h.numbering"
                                + " WHERE n.room = 'broken'"));
    }
}
