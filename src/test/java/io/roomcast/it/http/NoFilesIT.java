package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.MainProcess;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.ScrapedMetrics;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The system has no file for one more connection, whatever the limits say. */
@Tag("embedded")
@Timeout(120)
class NoFilesIT {
    /** Between two attempts of the server to accept a connection. */
    private static final long PAUSE_MILLIS = 100;

    @Test
    void newClientsWaitUntilSomebodyGoesAndThoseWhoAreInNoticeNothing() throws IOException {
        try (MainProcess main =
                MainProcess.start("--port=0", "--drain.stop-window=100ms", "--http.request-timeout=0")) {
            URI server = main.awaitReady();
            URI lobby = URI.create("ws" + server.toString().substring("http".length()) + "ws/lobby/");
            RawWebSocket leaver = RawWebSocket.connect(lobby.resolve("leaver"));
            try (RawWebSocket ann = RawWebSocket.connect(lobby.resolve("ann"))) {
                long began = System.nanoTime();
                main.grantNoMoreFiles();
                try (RawHttp waiting = new RawHttp(server)) {
                    waiting.head("GET", "metrics", "");
                    Await.until("a line about it", () -> !told(main).isEmpty());
                    assertHears(ann, "in");

                    leaver.close();
                    double failures = failures(waiting);
                    assertTrue(failures >= 1, "they are counted");

                    try (RawHttp second = new RawHttp(server)) {
                        second.head("GET", "metrics", "");
                        double more = failures(second);
                        assertTrue(more > failures, more + " after " + failures);
                        long most = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) / PAUSE_MILLIS + 2;
                        assertTrue(more <= most, more + " attempts, where the pauses leave time for " + most);
                        assertThrows(EOFException.class, () -> waiting.answer(true), "who asks for nothing gives way");
                    }
                }
                assertHears(ann, "still in");
                assertEquals(1, told(main).size(), main.err()::toString);
                assertTrue(told(main).get(0).contains("Too many open files"), main.err()::toString);
            }
        }
    }

    private static List<String> told(MainProcess main) {
        return main.err().stream()
                .filter(line -> line.contains("Cannot accept connections"))
                .toList();
    }

    private static double failures(RawHttp asked) throws IOException {
        return ScrapedMetrics.read(asked.answer(true).body()).get("roomcast_accepts_failed_total");
    }

    private static void assertHears(RawWebSocket member, String content) {
        member.text("{\"type\":\"publish\",\"content\":\"" + content + "\"}");
        RawWebSocket.Received received;
        do {
            received = member.read();
            assertNotNull(received, "the connection broke");
        } while (!received.text().contains("\"content\":\"" + content + "\""));
    }
}
