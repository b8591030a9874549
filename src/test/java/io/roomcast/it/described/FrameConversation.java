package io.roomcast.it.described;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.Tokens;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A server with tokens, clients in the room "lobby", and all that the server sends to them. */
final class FrameConversation implements AutoCloseable {
    private static final String API_KEY = "a-key-of-sixteen-or-more";
    private static final int SMALL_BUFFER = 4_096;
    /** More bytes in all than the network and the smallest queue can take. */
    private static final int LARGE_MESSAGES = 700;

    private static final int ON_THEIR_WAY = 10;
    private static final String LARGE = "x".repeat(16_000);
    private static final int LAST_ID = 9_999;

    /** With an archive, so that there is something to search. */
    private final Path data = newDirectory();

    private final EmbeddedServer server = EmbeddedServer.start(Map.ofEntries(
            Map.entry("roomcast.auth", "token"),
            Map.entry("roomcast.auth.secret", Tokens.SECRET),
            Map.entry("roomcast.token.default-permissions", "*: *"),
            Map.entry("roomcast.token.info-claim", "info"),
            Map.entry("roomcast.api.key", API_KEY),
            Map.entry("roomcast.data", data.toString()),
            Map.entry("roomcast.limits.search-rate", "0"),
            Map.entry("roomcast.limits.outbound-bytes", "256KiB"),
            Map.entry("roomcast.limits.outbound-age", "1m"),
            Map.entry("roomcast.limits.lag", "0"),
            Map.entry("roomcast.presence.grace", "0")));
    private final List<RoomClient> clients = new ArrayList<>();
    private final List<Frame> slowlyRead = new ArrayList<>();

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("test-described");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ann, who has an info, on a connection of her own. She has not yet said hello. */
    RoomClient ann() {
        return add(RoomClient.connect(at("ws")));
    }

    private RoomClient add(RoomClient client) {
        clients.add(client);
        return client;
    }

    private URI at(String path) {
        return server.uri().resolve(path);
    }

    private static String token(String user, String name, boolean hasInfo) {
        var claims = Tokens.of(user, Duration.ofHours(1)).claim("name", name);
        return Tokens.signed(hasInfo ? claims.claim("info", Map.of("team", "red")) : claims);
    }

    private RoomClient enter(String user, Consumer<RoomClient> opening) {
        RoomClient client = add(new RoomClient());
        opening.accept(client);
        client.send(hello(token(user, user, false)));
        client.next("joined");
        return client;
    }

    private RoomClient enter(String room, String user) {
        return enter(user, client -> client.open(at("ws/" + room + "/" + user), "roomcast.v1"));
    }

    private static String hello(String token) {
        return "{\"type\":\"hello\",\"token\":\"" + token + "\"}";
    }

    /** Sends an example, with a token that is valid, and fails if it is refused. */
    static void take(RoomClient client, JsonObject example) {
        JsonObject sent = !example.containsKey("token")
                ? example
                : Json.createObjectBuilder(example)
                        .add("token", token("ann", "Ann", true))
                        .build();
        client.send(sent.toString());
        int id = sent.getInt("id", LAST_ID);
        if (!sent.containsKey("id")) {
            // Requests in one room are answered in their order.
            client.send(Json.createObjectBuilder()
                    .add("type", "members")
                    .add("id", LAST_ID)
                    .add("room", sent.getString("room"))
                    .build()
                    .toString());
        }
        Frame answer = client.next(
                frame -> frame.is("error") || frame.has("id") && frame.number("id") == id, "an answer to " + sent);
        assertEquals(false, answer.is("error"), sent + " is answered with " + answer);
    }

    /** Does what makes the server send all that the examples of clients do not. The node drains after that. */
    void goOn() {
        RoomClient carl = enter("lobby", "carl");
        RoomClient plain = enter("dan", client -> client.open(at("ws/lobby/dan"), null));
        enter("lobby", "bob");
        carl.next(frame -> frame.is("presence") && frame.text().contains("bob"), "bob");
        RoomClient other = ann();
        other.send(hello(token("bob", "Robert", false)));
        other.say("{'type':'join','room':'lobby'}").next("joined");
        carl.next(frame -> frame.is("presence") && frame.has("renamed"), "a new name");
        carl.say("{'type':'publish','id':1,'room':'elsewhere','content':'hi','idempotencyKey':'k'}")
                .next("error");
        carl.say("{'type':'history','id':2,'after':{'epoch':'another','offset':1}}")
                .next("error");
        carl.say("{'type':'members','id':4}").next("members");
        carl.say("{'type':'remove','id':3,'user':'bob'}").next("removed");
        plain.next(frame -> frame.is("presence") && frame.content().contains("left"), "that bob left");
        plain.say("{'content':''}").next("error");
        Await.until(
                "a message is found",
                () -> !carl.say("{'type':'search','id':5,'text':'hi'}")
                        .next("results")
                        .json()
                        .getJsonArray("messages")
                        .isEmpty());
        readSlowly();
        Http operator = new Http(server.uri(), API_KEY);
        assertEquals(200, operator.send("POST", "/api/v1/node/drain", "{}").statusCode());
        carl.next("draining");
        plain.next("draining");
    }

    private void readSlowly() {
        try (RawWebSocket slow = RawWebSocket.connect(at("ws/busy/slow"), SMALL_BUFFER)) {
            slow.text(hello(token("slow", "slow", false)));
            while (readSlowly(slow, "joined")) {}
            RoomClient talker = enter("busy", "talker");
            for (int i = 1; i <= LARGE_MESSAGES; i++) {
                talker.say("{'id':" + i + ",'content':'" + LARGE + "'}");
                int stored = i - ON_THEIR_WAY;
                if (stored > 0) {
                    talker.next(frame -> frame.is("ack") && frame.number("id") == stored, "ack " + stored);
                    slow.showLife();
                }
            }
            while (readSlowly(slow, "behind")) {}
        }
    }

    /** @return false when the frame that is waited for was among what came */
    private boolean readSlowly(RawWebSocket slow, String type) {
        List<Frame> frames = slow.read().text().lines().map(Frame::of).toList();
        slowlyRead.addAll(frames);
        return frames.stream().noneMatch(frame -> frame.is(type));
    }

    /** All that came so far. */
    List<Frame> frames() {
        Stream<Frame> read = clients.stream()
                .flatMap(client -> client.texts().stream())
                .flatMap(String::lines)
                .map(Frame::of);
        return Stream.concat(read, slowlyRead.stream()).toList();
    }

    @Override
    public void close() {
        clients.forEach(RoomClient::close);
        server.close();
        try (Stream<Path> files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
