package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.MainProcess;
import io.roomcast.support.PollClient;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The embedded server is told to end: its clients hear of it first. */
@Tag("embedded")
class ShutdownIT {
    private static final int DRAINING = 4001;
    private static final long ENDS_WITHIN_SECONDS = 20;

    /** Ctrl-C, and what service managers send. */
    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void clientsAreToldWhenToComeBackAndTheProcessEnds(String signal, int exitCode) {
        try (MainProcess main = MainProcess.start("--port=0")) {
            URI uri = main.awaitReady();
            List<RoomClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(RoomClient.connect(webSocket(uri, "ws/lobby/user" + i)));
            }
            RoomClient plain = RoomClient.plain(webSocket(uri, "ws/lobby/plain"));
            for (RoomClient client : clients) {
                client.next("joined");
            }
            plain.next("joined");
            clients.get(0).say("{'id':1,'content':'kept'}");
            clients.get(0).next("ack");
            // In no room, so that nothing else ends its poll.
            PollClient poller = new PollClient(uri, "poller");
            poller.poll(20_000);
            CompletableFuture<HttpResponse<String>> poll = poller.pollAsync(20_000);
            ScrapedMetrics.await(
                    uri, RoomClient.PATIENCE_SECONDS, "roomcast_sessions_transport{transport=\"poll\"}", 1);

            main.signal(signal);

            assertEquals(
                    List.of("draining"),
                    poller.take(PollClient.join(poll)).stream().map(Frame::type).toList());

            List<Long> pauses = new ArrayList<>();
            for (RoomClient client : clients) {
                pauses.add(client.next("draining").number("reconnectAfterMs"));
                assertEquals(DRAINING, client.awaitClose());
            }
            assertNotEquals(1, pauses.stream().distinct().count(), "each has a moment of its own");
            assertTrue(plain.next("draining").has("content"), "plain clients can print it");
            assertEquals(DRAINING, plain.awaitClose());
            assertEquals(exitCode, main.awaitExit(ENDS_WITHIN_SECONDS));
            assertEquals(
                    List.of(),
                    main.err().stream().filter(line -> !line.contains(" INFO ")).toList(),
                    "nothing to complain of");
        }
    }

    @Test
    void aClientThatNeitherReadsNorClosesDoesNotHoldItUp() {
        try (MainProcess main = MainProcess.start("--port=0")) {
            URI uri = main.awaitReady();
            RawWebSocket silent = RawWebSocket.connect(webSocket(uri, "ws/lobby/silent"));
            RoomClient speaker = RoomClient.connect(webSocket(uri, "ws/lobby/speaker"));
            String content = "x".repeat(10_000);
            for (int i = 0; i < 300; i++) {
                speaker.say("{'id':" + i + ",'content':'" + content + "'}");
            }
            speaker.next(frame -> frame.is("ack") && frame.number("id") == 299, "the last ack");
            main.signal("TERM");
            assertEquals(DRAINING, speaker.awaitClose());
            assertEquals(143, main.awaitExit(ENDS_WITHIN_SECONDS));
            silent.close();
        }
    }

    private static URI webSocket(URI base, String path) {
        return URI.create("ws" + base.resolve(path).toString().substring("http".length()));
    }
}
