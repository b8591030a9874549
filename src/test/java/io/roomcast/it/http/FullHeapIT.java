package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.MainProcess;
import io.roomcast.support.RawWebSocket;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client opens more streams than a small heap has room for, while no other limit holds it up. */
@Tag("embedded")
@Timeout(120)
class FullHeapIT {
    /** Ten times as many as the heap has room for. */
    private static final int MOST_STREAMS = 8_000;

    @Test
    void whatWouldFillTheHeapIsRefusedUntilThereIsRoom() throws IOException {
        try (MainProcess main = MainProcess.start(
                Map.of(),
                List.of(MainProcess.SHORT_LIVED, "-Xmx48m"),
                "--port=0",
                "--drain.stop-window=100ms",
                "--http.connections=0",
                "--http.address-connections=0")) {
            URI server = main.awaitReady();
            URI lobby = URI.create("ws" + server.toString().substring("http".length()) + "ws/lobby/");
            try (RawWebSocket ann = RawWebSocket.connect(lobby.resolve("ann"))) {
                ann.read();
                List<RawHttp> streams = new ArrayList<>();
                try {
                    assertEquals(503, openUntilRefused(server, streams), () -> streams.size() + " streams");
                    try (RawHttp health = new RawHttp(server)) {
                        health.head("GET", "health/live", "");
                        assertEquals(200, health.answer(true).status());
                    }
                } finally {
                    for (RawHttp stream : streams) {
                        stream.close();
                    }
                }
                Await.until("a publish is taken again", () -> publishes(ann));
                try (RawWebSocket bob = RawWebSocket.connect(lobby.resolve("bob"))) {
                    assertTrue(bob.read().text().contains("\"type\":\"joined\""));
                }
            }
            assertTrue(
                    main.err().stream().anyMatch(line -> line.contains("roomcast.limits.free-heap=9MiB")),
                    main.err()::toString);
        }
    }

    /** @return the status of the last answer */
    private static int openUntilRefused(URI server, List<RawHttp> streams) throws IOException {
        int status = 200;
        for (int i = 0; i < MOST_STREAMS && status == 200; i++) {
            RawHttp stream = new RawHttp(server);
            streams.add(stream);
            stream.write(
                    "GET /http/events?user=user-" + i + "&rooms=room-" + i + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            status = stream.answer(false).status();
        }
        return status;
    }

    private static boolean publishes(RawWebSocket member) {
        member.text("{\"type\":\"publish\",\"id\":1,\"content\":\"x\"}");
        String answer;
        do {
            answer = member.read().text();
        } while (!answer.contains("\"id\":1"));
        return answer.contains("\"type\":\"ack\"");
    }
}
