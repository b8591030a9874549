package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.CloseCode;
import io.roomcast.support.Await;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.TestServer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client sends: it is answered with its code, it is counted, and nobody else notices. */
class BadInputIT {
    private static final String ROOM = TestServer.newRoom();
    private static final int ROUNDS = 3;
    private static TestServer server;
    private static Conversation neighbours;

    @BeforeAll
    static void open() {
        server = TestServer.open();
        neighbours = new Conversation(server, ROOM);
    }

    @AfterAll
    static void close() {
        neighbours.close();
        server.close();
    }

    static List<URI> endpoints() {
        return List.of(server.webSocket("ws?user=mallory"), server.room(ROOM, "mallory"));
    }

    static Stream<Arguments> everyInputOnBothEndpoints() {
        return endpoints().stream().flatMap(uri -> BadInput.ALL.stream().map(input -> Arguments.of(input, uri)));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("everyInputOnBothEndpoints")
    void isAnsweredCountedAndFeltByNobody(BadInput input, URI endpoint) {
        double before = counted(input);
        Hostile.send(endpoint, ROOM, input);
        if (!input.isCut()) {
            // Of what a container closes, only all are counted, and the one before may be late.
            Await.until(input + " is counted", () -> counted(input) > before);
        }
        neighbours.exchange();
    }

    /**
     * How often such an input was counted: by the code of its answer, where the answer is ours and not the container's.
     */
    private static double counted(BadInput input) {
        if (input.stays()) {
            return server.metrics().sum("roomcast_refusals_total{code=\"" + input.errorCode() + "\"}");
        }
        boolean ours = input.closeCodes().equals(Set.of(CloseCode.TOO_LARGE.number()));
        return server.metrics().sum("roomcast_sessions_closed_total{" + (ours ? "code=\"1009\"" : ""));
    }

    /** A hundred times what the largest frame may have comes at once, and is no large frame. */
    @Test
    void manySmallFramesMayComeAtOnce() {
        try (RawWebSocket raw = RawWebSocket.connect(endpoints().get(0))) {
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            byte[] blanks = " ".repeat(100).getBytes(StandardCharsets.US_ASCII);
            while (frames.size() < 6 << 20) {
                frames.writeBytes(new byte[] {(byte) 0x81, (byte) (0x80 | blanks.length), 0, 0, 0, 0});
                frames.writeBytes(blanks);
            }
            raw.write(frames.toByteArray());
            raw.text("{\"type\":\"ping\",\"id\":7}");
            RawWebSocket.Received pong = raw.read();
            assertEquals("{\"type\":\"pong\",\"id\":7}", pong.text(), () -> "closed with " + pong.closeCode());
        }
    }

    /** Sixty thousand lines that are no frames: most of them nobody looks at. */
    @ParameterizedTest
    @MethodSource("endpoints")
    void whoGoesOnWithoutSenseIsClosed(URI endpoint) {
        double before = server.metrics().sum("roomcast_refusals_total{code=\"bad_request\"}");
        try (RawWebSocket raw = RawWebSocket.connect(endpoint)) {
            for (int i = 0; i < 2; i++) {
                raw.text("x\n".repeat(30_000));
            }
            assertEquals(CloseCode.PROTOCOL_VIOLATION.number(), raw.awaitClose());
        }
        double refused = server.metrics().sum("roomcast_refusals_total{code=\"bad_request\"}") - before;
        assertTrue(refused > 100 && refused < 1_000, () -> refused + " were answered");
        neighbours.exchange();
    }

    @Test
    void nobodyNoticesOneWhoDoesNothingElse() {
        try (Conversation healthy = new Conversation(server, TestServer.newRoom())) {
            CompletableFuture<Void> hostile = CompletableFuture.runAsync(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    for (BadInput input : BadInput.ALL) {
                        endpoints().forEach(uri -> Hostile.send(uri, ROOM, input));
                    }
                }
            });
            while (!hostile.isDone()) {
                healthy.exchange();
                neighbours.exchange();
            }
            hostile.join();
            healthy.exchange();
            assertTrue(healthy.said() > 10, "they had something to say meanwhile");
        }
    }
}
