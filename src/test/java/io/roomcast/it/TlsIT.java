package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.load.Trust;
import io.roomcast.support.Frame;
import io.roomcast.support.PollClient;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections that the server itself encrypts do as others. */
@Tag("server")
class TlsIT {
    private static final URI BASE =
            URI.create("wss" + System.getProperty("roomcast.tls.uri").substring("https".length()));
    private static final String PADDING = "x".repeat(15_000);
    private static final long A_WHILE_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final String room = TestServer.newRoom();

    @Test
    void talkFromTheFirstMomentAndForAWhile() {
        try (TestServer server = TestServer.open();
                RoomClient other = RoomClient.enter(server, room, "other");
                RawWebSocket raw = RawWebSocket.connect(BASE.resolve("ws/" + room + "/raw"))) {
            long end = System.nanoTime() + A_WHILE_NANOS;
            for (int i = 1; i <= 200; i++) {
                raw.text("{\"type\":\"ping\",\"id\":" + i + "}");
                // Or that it was one too many.
                await(raw, RawWebSocket.TEXT, "\"id\":" + i);
            }
            while (System.nanoTime() < end) {
                // Of these there may be any number.
                raw.send(RawWebSocket.PING, true, new byte[] {5});
                await(raw, RawWebSocket.PONG, "");
            }
            raw.send(RawWebSocket.PING, true, new byte[] {7});
            assertArrayEquals(new byte[] {7}, await(raw, RawWebSocket.PONG, "").payload());
            for (int i = 1; i <= 20; i++) {
                String content = i + PADDING;
                raw.text("{\"type\":\"publish\",\"content\":\"" + content + "\"}");
                assertEquals(content, other.next("message").content());
                await(raw, RawWebSocket.TEXT, content);
            }
            raw.send(RawWebSocket.CLOSE, true, new byte[] {3, (byte) 232});
            assertEquals(1000, raw.awaitClose());
            other.next(frame -> "raw has left the room".equals(frame.content()), "the leave");
        }
    }

    /** The limits of both servers turn HTTP/2 off, whatever a client offers. */
    @Test
    void pollsAndSendsOfAClientThatOffersHttp2AreServed() {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(Trust.context(true))
                .build();
        URI https = URI.create(System.getProperty("roomcast.tls.uri"));
        PollClient ann = new PollClient(https, "ann").over(http).room(room);
        HttpResponse<String> first = PollClient.join(ann.pollAsync(20_000));
        ann.take(first);
        assertEquals(HttpClient.Version.HTTP_1_1, first.version());
        CompletableFuture<HttpResponse<String>> waiting = ann.pollAsync(20_000);
        PollClient ben = new PollClient(https, "ben").over(http);
        assertEquals(
                "ack",
                ben.send("{'type':'publish','room':'" + room + "','content':'over TLS'}")
                        .get(0)
                        .type());
        List<Frame> heard = ann.take(PollClient.join(waiting));
        while (heard.stream().noneMatch(frame -> frame.is("message"))) {
            // Her own arrival came first.
            heard = ann.poll(20_000);
        }
        assertEquals("over TLS", heard.get(heard.size() - 1).content());
    }

    @Test
    void aCloseReachesOneWhoSendsTooMuch() {
        try (RawWebSocket raw = RawWebSocket.connect(BASE.resolve("ws/" + room + "/raw"))) {
            raw.send(RawWebSocket.TEXT, true, new byte[200_000]);
            assertEquals(1009, raw.awaitClose());
        }
    }

    @Test
    void oneThatBreaksHasLeft() {
        try (TestServer server = TestServer.open();
                RoomClient other = RoomClient.enter(server, room, "other")) {
            RawWebSocket raw = RawWebSocket.connect(BASE.resolve("ws/" + room + "/raw"));
            other.next(frame -> "raw has joined the room".equals(frame.content()), "the join");
            raw.cut();
            other.next(frame -> "raw has left the room".equals(frame.content()), "the leave");
        }
    }

    private static RawWebSocket.Received await(RawWebSocket raw, int opcode, String part) {
        RawWebSocket.Received received;
        do {
            received = raw.read();
            assertNotNull(received, "the connection broke");
        } while (received.opcode() != opcode || !received.text().contains(part));
        assertTrue(received.payload().length > 0);
        return received;
    }
}
