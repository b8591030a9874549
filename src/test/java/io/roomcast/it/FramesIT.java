package io.roomcast.it;

import static io.roomcast.support.RawWebSocket.CLOSE;
import static io.roomcast.support.RawWebSocket.CONTINUATION;
import static io.roomcast.support.RawWebSocket.PING;
import static io.roomcast.support.RawWebSocket.PONG;
import static io.roomcast.support.RawWebSocket.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.it.http.ApiServer;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How every server reads frames and closes, down to the last byte of a connection. */
class FramesIT {
    private static final byte[] NORMAL = {3, (byte) 0xe8};
    private static final int LARGE = 70_000;
    /** Frames that arrive together. Undertow takes one at a time. */
    private static final int EARLIER = 5;

    private static final int PUBLISHERS = 30;
    /** What each of the publishers has read before they are kicked, in frames. */
    private static final int ANSWERS = 20;

    /** First bytes of what a client sends, in hexadecimal: a mask is needed, a payload is not waited for. */
    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "81027b7d, a frame without mask",
        "c182, an extension that nobody asked for",
        "a182, a reserved bit",
        "9182, another reserved bit",
        "8382, a reserved opcode",
        "8b80, a reserved opcode of control frames",
        "0980, a ping in fragments",
        "0880, a Close in fragments",
        "89fe0080, a ping of 128 bytes",
        "8085, a continuation of nothing",
        "0180000000008180, a message inside another",
        "81fe007d, a length in more bytes than it needs",
        "81ffffffffffffffffff, a length of 64 bits"
    })
    void whatIsNoFrameIsAProtocolError(String sent, String what) {
        byte[] bytes = HexFormat.of().parseHex(sent);
        try (TestServer server = TestServer.open()) {
            for (int atOnce : new int[] {bytes.length, 1}) {
                try (RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
                    for (int from = 0; from < bytes.length; from += atOnce) {
                        raw.write(Arrays.copyOfRange(bytes, from, from + atOnce));
                    }
                    assertEquals(1002, raw.awaitClose(), what);
                }
            }
        }
    }

    @Test
    void whatCameBeforeIsAnsweredFirst() {
        byte[] ping = "{\"type\":\"ping\",\"id\":1}".getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        for (int i = 0; i < EARLIER; i++) {
            sent.writeBytes(RawWebSocket.frame(TEXT, true, ping));
        }
        Map<Integer, byte[]> ends = Map.of(
                1000, RawWebSocket.frame(CLOSE, true, NORMAL),
                1002, RawWebSocket.frame(0x40 | TEXT, true, NORMAL),
                1009, RawWebSocket.frame(TEXT, true, new byte[LARGE]));
        ends.forEach((code, end) -> {
            try (TestServer server = TestServer.open();
                    RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                all.writeBytes(sent.toByteArray());
                all.writeBytes(end);
                raw.write(all.toByteArray());
                for (int i = 0; i < EARLIER; i++) {
                    assertEquals("{\"type\":\"pong\",\"id\":1}", raw.read().text());
                }
                assertEquals(code, raw.read().closeCode());
            }
        });
    }

    @Test
    void aLargeMessageIsRefusedByItsHeader() {
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
            raw.header(0x80 | TEXT, LARGE);
            assertEquals(1009, raw.awaitClose());
        }
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
            raw.send(TEXT, false, new byte[1_000]);
            raw.header(0x80 | CONTINUATION, Long.MAX_VALUE);
            assertEquals(1009, raw.awaitClose());
        }
    }

    @Test
    void aClientThatSendsOnHearsOneCloseAndAGoodbye() {
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
            raw.send(TEXT, true, new byte[1 << 20]);
            RawWebSocket.Received close = raw.read();
            assertEquals(CLOSE, close.opcode());
            assertEquals(1009, close.closeCode());
            for (int i = 0; i < 20; i++) {
                raw.send(TEXT, true, new byte[LARGE]);
            }
            raw.send(CLOSE, true, NORMAL);
            raw.awaitGoodbye();
        }
    }

    @Test
    void aClientThatDoesNotAnswerTheCloseIsNotWaitedFor() {
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
            raw.header(0x80 | TEXT, LARGE);
            assertEquals(1009, raw.awaitClose());
            raw.awaitGoodbye();
        }
    }

    @Test
    void whatFollowsTheClientsCloseIsNobodys() {
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
            raw.send(CLOSE, true, NORMAL);
            raw.text("{\"type\":\"ping\",\"id\":1}");
            RawWebSocket.Received close = raw.read();
            assertEquals(CLOSE, close.opcode());
            assertEquals(1000, close.closeCode());
            assertNull(raw.read());
        }
    }

    /** RFC 6455, 7.4.1, and the codes that IANA has registered since. */
    @ParameterizedTest
    @ValueSource(
            ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    void theClientsCodeIsAnswered(int code) {
        assertEquals(code, answerTo(code));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535})
    void aCodeThatNobodyMaySendIsAProtocolError(int code) {
        assertEquals(1002, answerTo(code));
    }

    @Test
    void aCloseWithoutCodeIsNormal() {
        assertEquals(1000, answerTo(new byte[0]));
    }

    @Test
    void halfACodeIsAProtocolError() {
        assertEquals(1002, answerTo(new byte[] {3}));
    }

    @Test
    void aReasonIsUtf8() {
        assertEquals(1007, answerTo(new byte[] {3, (byte) 0xe8, (byte) 0xff}));
        assertEquals(1000, answerTo(new byte[] {3, (byte) 0xe8, (byte) 0xc3, (byte) 0xa9}));
    }

    private static int answerTo(int code) {
        return answerTo(new byte[] {(byte) (code >> 8), (byte) code});
    }

    private static int answerTo(byte[] close) {
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
            raw.send(CLOSE, true, close);
            int answer = raw.awaitClose();
            raw.awaitGoodbye();
            return answer;
        }
    }

    /** One frame that comes byte by byte, or whose payload does so: neither is complete in time. */
    @ParameterizedTest
    @ValueSource(ints = {0, 8})
    void aFrameThatDripsHasATime(int bytesAtOnce) throws InterruptedException {
        byte[] frame = RawWebSocket.frame(TEXT, true, "{\"type\":\"ping\"}".getBytes(StandardCharsets.US_ASCII));
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
            server.limit(LimitKeys.MESSAGE_AGE, "2s");
            raw.write(Arrays.copyOf(frame, bytesAtOnce));
            for (int i = bytesAtOnce; i < bytesAtOnce + 3; i++) {
                raw.write(new byte[] {frame[i]});
                Thread.sleep(800); // The client's own pace: a frame that does not drip is no case for the limit.
            }
            // A pong would be taken for the rest of the frame.
            assertEquals(4005, raw.awaitCloseInSilence());
        }
    }

    @Test
    void whatComesWithTheHandshakeIsRead() {
        byte[] early =
                RawWebSocket.frame(TEXT, true, "{\"type\":\"ping\",\"id\":7}".getBytes(StandardCharsets.US_ASCII));
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connectWith(server.webSocket("ws?user=ann"), early)) {
            assertEquals("{\"type\":\"pong\",\"id\":7}", raw.read().text());
        }
    }

    @Test
    void ofPingsThatComeTogetherTheLastIsAnswered() {
        try (TestServer server = TestServer.open();
                RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?user=ann"))) {
            raw.send(PING, true, new byte[] {1});
            RawWebSocket.Received pong = raw.read();
            assertEquals(PONG, pong.opcode());
            assertArrayEquals(new byte[] {1}, pong.payload());
            raw.send(TEXT, false, "{\"type\":\"ping\",".getBytes(StandardCharsets.US_ASCII));
            raw.send(PING, true, new byte[] {2});
            raw.send(CONTINUATION, true, "\"id\":8}".getBytes(StandardCharsets.US_ASCII));
            List<String> answers = List.of(raw.read().text(), raw.read().text());
            assertTrue(answers.contains("\u0002"), answers.toString());
            assertTrue(answers.contains("{\"type\":\"pong\",\"id\":8}"), answers.toString());
        }
    }

    @Tag("embedded")
    @Test
    void messagesWithoutEndHaveABudgetAndATime() {
        Map<String, String> settings =
                Map.of("roomcast.limits.node-inbound-bytes", "1MiB", "roomcast.limits.message-age", "2s");
        List<RawWebSocket> clients = new ArrayList<>();
        try (TestServer server = TestServer.open(settings);
                RoomClient other = RoomClient.enter(server, TestServer.newRoom(), "other")) {
            for (int i = 0; i < 30; i++) {
                clients.add(RawWebSocket.connect(server.webSocket("ws?user=u" + i)));
            }
            // All at once: the first must not be old before the budget is used up.
            for (RawWebSocket raw : clients) {
                raw.header(0x80 | TEXT, 60_000);
                raw.write(new byte[59_000]);
            }
            List<Integer> codes = clients.stream()
                    .map(RawWebSocket::awaitCloseInSilence)
                    .distinct()
                    .toList();
            assertEquals(List.of(1013, 4005), codes.stream().sorted().toList());
            server.awaitMetric("roomcast_sessions", 1);
            // All is let go again.
            other.send("{\"content\":\"" + "x".repeat(10_000) + "\"}");
            other.next(frame -> frame.is("message"), "its message");
        } finally {
            clients.forEach(RawWebSocket::close);
        }
    }

    @Test
    void whoIsClosedByBothSidesAtOnceIsGone() throws IOException, InterruptedException {
        try (TestServer server = TestServer.open(Map.of("roomcast.api.key", ApiServer.KEY))) {
            HttpClient http = HttpClient.newHttpClient();
            server.awaitNobody();
            for (int round = 0; round < 5; round++) {
                List<RawWebSocket> clients = IntStream.range(0, 100)
                        .mapToObj(i -> RawWebSocket.connect(server.room("lobby", "ann")))
                        .toList();
                server.awaitMetric("roomcast_sessions", 100);
                CompletableFuture<HttpResponse<String>> kick =
                        http.sendAsync(disconnect(server), HttpResponse.BodyHandlers.ofString());
                clients.forEach(raw -> raw.send(CLOSE, true, NORMAL));
                assertEquals(200, kick.join().statusCode());
                clients.forEach(raw -> assertTrue(List.of(1000, 4500).contains(raw.awaitClose())));
                clients.forEach(RawWebSocket::close);
                server.awaitNobody();
                server.awaitMetric("roomcast_members", 0);
            }
        }
    }

    @Test
    void whoIsKickedWhilePublishingHearsWhy() throws IOException, InterruptedException {
        CountDownLatch answers = new CountDownLatch(PUBLISHERS * ANSWERS);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (TestServer server = TestServer.open(Map.of("roomcast.api.key", ApiServer.KEY))) {
            List<CompletableFuture<Integer>> publishers = Stream.generate(() -> CompletableFuture.supplyAsync(
                            () -> publishUntilClosed(server.room(TestServer.newRoom(), "ann"), answers, threads),
                            threads))
                    .limit(PUBLISHERS)
                    .toList();
            assertTrue(answers.await(RoomClient.PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody answers publishers");
            HttpClient http = HttpClient.newHttpClient();
            var kicked = http.send(disconnect(server), HttpResponse.BodyHandlers.discarding());
            assertEquals(200, kicked.statusCode());
            assertEquals(
                    Collections.nCopies(PUBLISHERS, 4500),
                    publishers.stream().map(CompletableFuture::join).toList());
        } finally {
            threads.shutdownNow();
        }
    }

    /** One thread sends messages and waits for no answer. This one reads, and stops the other after the Close. */
    private static int publishUntilClosed(URI address, CountDownLatch answers, Executor threads) {
        byte[] publish = ("{\"id\":1,\"content\":\"x\"" + " ".repeat(4_000) + "}").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = RawWebSocket.frame(TEXT, true, publish);
        AtomicBoolean closed = new AtomicBoolean();
        try (RawWebSocket raw = RawWebSocket.connect(address)) {
            CompletableFuture<Void> loop = CompletableFuture.runAsync(
                    () -> {
                        while (!closed.get() && !Thread.currentThread().isInterrupted()) {
                            raw.write(frame);
                        }
                    },
                    threads);
            RawWebSocket.Received received = raw.readInSilence();
            for (int i = 0; received != null && received.opcode() != CLOSE; i++) {
                if (i < ANSWERS) {
                    answers.countDown();
                }
                received = raw.readInSilence();
            }
            closed.set(true);
            loop.join();
            if (received == null) {
                return RawWebSocket.NO_CLOSE_FRAME;
            }
            raw.send(CLOSE, true, NORMAL);
            raw.awaitEnd(); // so many publishers may be late with their Close
            return received.closeCode();
        }
    }

    private static HttpRequest disconnect(TestServer server) {
        URI address = server.http("api/v1/users/ann/disconnect");
        return HttpRequest.newBuilder(address)
                .header("Authorization", "Bearer " + ApiServer.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
    }
}
