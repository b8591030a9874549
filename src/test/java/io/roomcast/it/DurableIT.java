package io.roomcast.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.standalone.EmbeddedArchive;
import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.MainProcess;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose messages outlive it is killed again and again, while somebody publishes. */
@Tag("embedded")
class DurableIT {
    private static final int LIVES = 5;
    /** Publishes that wait for their acknowledgement at a time. */
    private static final int WINDOW = 30;

    private static final String API_KEY = "a-key-of-sixteen-or-more";

    @TempDir
    private Path directory;

    /** What anybody was shown at an offset, in any life of the node: by a delivery, an ack or a page of the history. */
    private final Map<Long, String> shown = new HashMap<>();

    private String epoch;
    /** Offset of the last message that the reader has. */
    private long read;
    /** Number of the first publish that is not acknowledged. */
    private int next = 1;

    private MainProcess start() {
        return MainProcess.start("--port=0", "--data=" + directory);
    }

    private static URI room(URI uri, String user, String query) {
        return URI.create("ws" + uri.toString().substring("http".length()) + "ws/kept/" + user + query);
    }

    private void show(long offset, String content) {
        String before = shown.put(offset, content);
        assertTrue(before == null || before.equals(content), offset + ": " + before + ", then " + content);
    }

    @Test
    void whatWasAcknowledgedOrShownOutlivesEveryKill() {
        Random random = new Random(17);
        for (int life = 1; life <= LIVES; life++) {
            try (MainProcess main = start()) {
                URI uri = main.awaitReady();
                RoomClient reader =
                        RoomClient.connect(room(uri, "reader", epoch == null ? "" : "?since=" + epoch + ":" + read));
                Frame joined = reader.next("joined");
                assertEquals(life > 1, joined.isTrue("recovered"), joined::toString);
                epoch = epoch == null ? joined.string("epoch") : epoch;
                publishUntilKilled(main, uri, 100 + random.nextInt(200));
                readAll(reader);
            }
        }
        try (MainProcess main = start()) {
            checkHistory(main.awaitReady());
        }
    }

    /** Repeats what the last life did not acknowledge, goes on, and kills the node while publishes are on their way. */
    private void publishUntilKilled(MainProcess main, URI uri, int acks) {
        RoomClient speaker = RoomClient.connect(room(uri, "speaker", ""));
        speaker.next("joined");
        int sent = next - 1;
        while (sent < next + WINDOW) {
            publish(speaker, ++sent);
        }
        for (int i = 0; i < acks; i++) {
            Frame ack = speaker.next("ack");
            assertEquals(next, ack.number("id"));
            assertEquals(epoch, ack.string("epoch"));
            show(ack.offset(), "message " + next++);
            publish(speaker, ++sent);
        }
        main.signal("KILL");
        speaker.awaitClose();
    }

    private static void publish(RoomClient speaker, int number) {
        speaker.say("{'id':" + number + ",'idempotencyKey':'key " + number + "','content':'message " + number + "'}");
    }

    /** All that the reader was sent before the node was killed. */
    private void readAll(RoomClient reader) {
        reader.awaitClose();
        List<Frame> messages = reader.texts().stream()
                .flatMap(String::lines)
                .map(Frame::of)
                .filter(frame -> frame.is("message"))
                .toList();
        for (Frame message : messages) {
            assertEquals(++read, message.offset(), "each once, in order, across the kills");
            show(message.offset(), message.content());
        }
    }

    private void checkHistory(URI uri) {
        RoomClient client = RoomClient.connect(room(uri, "checker", ""));
        Frame joined = client.next("joined");
        assertEquals(epoch, joined.string("epoch"));
        List<Long> offsets = new ArrayList<>();
        Set<String> contents = new HashSet<>();
        Frame page;
        do {
            long after = offsets.size();
            client.say("{'type':'history','limit':200,'after':{'epoch':'" + epoch + "','offset':" + after + "}}");
            page = client.next("history");
            for (JsonObject message : page.json().getJsonArray("messages").getValuesAs(JsonObject.class)) {
                offsets.add(message.getJsonNumber("offset").longValue());
                show(offsets.size(), message.getString("content"));
                assertTrue(contents.add(message.getString("content")), "once: " + message);
            }
        } while (page.isTrue("more"));
        assertEquals(LongStream.rangeClosed(1, joined.offset()).boxed().toList(), offsets, "no hole");
        assertEquals(shown.keySet(), new HashSet<>(offsets), "nothing that was shown is lost");
        client.leave();
    }

    @Test
    void theNodeDeletesWhatItsRoomDoesNotKeep() {
        Map<String, String> settings =
                Map.of("roomcast.data", directory.toString(), "roomcast.rooms.brief-*.retention", "10m");
        RoomName brief = new RoomName("brief-1");
        RoomName other = new RoomName("other");
        List<Archive.Message> longAgo = List.of(
                new Archive.Message(1, 1_000, null, "{}".getBytes(UTF_8)),
                new Archive.Message(2, 2_000, null, "{}".getBytes(UTF_8)));
        try (Archive archive = open(settings)) {
            archive.append(List.of(new Archive.Run(brief, "e", longAgo), new Archive.Run(other, "e", longAgo)));
        }
        try (EmbeddedServer server = EmbeddedServer.start(settings)) {
            URI metrics = server.uri();
            Await.until(
                    "a deleted message", () -> ScrapedMetrics.of(metrics).get("roomcast_archive_deleted_total") > 0);
        }
        try (Archive archive = open(settings)) {
            assertEquals(3, archive.firstOffset(brief, "e"));
            assertEquals(Optional.of(new Archive.Numbering("e", 2)), archive.numbering(brief));
            assertEquals(1, archive.firstOffset(other, "e"));
        }
    }

    private static List<String> contents(JsonObject results) {
        return results.getJsonArray("messages").getValuesAs(JsonObject.class).stream()
                .map(message -> message.getString("content"))
                .toList();
    }

    @Test
    void whatWasSaidIsFoundByItsWordsWhereTheAskerMayRead() {
        Map<String, String> settings = Map.of(
                "roomcast.data",
                directory.toString(),
                "roomcast.api.key",
                API_KEY,
                "roomcast.rooms.deaf.permissions",
                "read, publish",
                "roomcast.rooms.hidden.permissions",
                "history",
                // It asks until all is indexed.
                "roomcast.limits.search-rate",
                "0");
        try (EmbeddedServer server = EmbeddedServer.start(settings)) {
            RoomClient ann = RoomClient.connect(room(server.uri(), "ann", ""));
            ann.next("joined");
            ann.say("{'type':'join','room':'deaf'}").next("joined");
            for (String content : List.of("Lunch at noon?", "no", "I had lunch", "LUNCH is over")) {
                ann.say("{'id':1,'content':'" + content + "'}").next("ack");
            }
            ann.say("{'id':1,'room':'deaf','content':'a secret lunch'}").next("ack");
            Await.until(
                    "all is found",
                    () -> contents(ann.say("{'type':'search','text':'lunch'}")
                                            .next("results")
                                            .json())
                                    .size()
                            == 3);
            JsonObject first = ann.say("{'type':'search','id':2,'text':'lunch','room':'kept','limit':2}")
                    .next("results")
                    .json();
            assertEquals(List.of("LUNCH is over", "I had lunch"), contents(first));
            assertTrue(first.getBoolean("more"));
            JsonObject message = first.getJsonArray("messages").getJsonObject(1);
            assertEquals("[[6,11]]", message.getJsonArray("hits").toString());
            assertEquals(3, message.getInt("offset"));
            JsonObject second = ann.say("{'type':'search','text':'lunch','rooms':['kept'],'cursor':'"
                            + first.getString("cursor") + "'}")
                    .next("results")
                    .json();
            assertEquals(List.of("Lunch at noon?"), contents(second));
            assertEquals(
                    "forbidden",
                    ann.say("{'type':'search','text':'lunch','room':'deaf'}")
                            .next("error")
                            .string("code"));
            assertEquals(
                    "forbidden",
                    ann.say("{'type':'search','text':'lunch','rooms':['kept','hidden']}")
                            .next("error")
                            .string("code"));
            HttpResponse<String> sent = new Http(server.uri(), null)
                    .send(
                            "POST",
                            "/http/send?user=bob",
                            "{\"type\":\"search\",\"room\":\"kept\",\"text\":\"\\\"at noon\"}");
            assertEquals(List.of("Lunch at noon?"), contents(Http.read(sent.body())));
            Http backEnd = new Http(server.uri(), API_KEY);
            assertEquals(
                    List.of("a secret lunch", "LUNCH is over", "I had lunch", "Lunch at noon?"),
                    contents(Http.read(backEnd.send("GET", "/api/v1/search?text=lunch&user=ann", null)
                            .body())));
            assertEquals(
                    List.of("I had lunch"),
                    contents(Http.read(backEnd.send("GET", "/api/v1/search?text=had%20lun*&rooms=kept,other", null)
                            .body())));
            assertTrue(ScrapedMetrics.of(server.uri()).get("roomcast_archive_search_duration_seconds_count") > 0);
        }
    }

    private static Archive open(Map<String, String> settings) {
        return EmbeddedArchive.open(
                        RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()))
                .orElseThrow();
    }

    @Test
    void aDirectoryThatCannotBeUsedIsOneLineThatSaysWhatToDo() throws Exception {
        try (MainProcess first = start()) {
            first.awaitReady();
            try (MainProcess second = start()) {
                assertEquals(1, second.awaitExit());
                assertEquals(
                        1,
                        second.err().stream()
                                .filter(line -> line.startsWith("roomcast: "))
                                .count());
                String line = String.join("\n", second.err());
                assertTrue(line.contains("roomcast.data=" + directory + " cannot be used: another node uses it"), line);
            }
        }
        Path damaged = Files.createDirectory(directory.resolve("damaged"));
        Files.writeString(damaged.resolve("roomcast.db"), "no database ".repeat(1_000));
        try (MainProcess main = MainProcess.start("--port=0", "--data=" + damaged)) {
            assertEquals(1, main.awaitExit());
            String line = String.join("\n", main.err());
            assertTrue(line.contains("roomcast.data=" + damaged + " cannot be used: roomcast.db: "), line);
            assertTrue(line.contains("docs/archive.md"), line);
        }
    }
}
