package io.roomcast.it.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Handshake;
import io.roomcast.support.Http;
import io.roomcast.support.MainProcess;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads in the log of the embedded server. */
class LogIT {
    private static final Pattern LINE = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\S+ [A-Z]+ io\\.roomcast\\.\\S+ .*");
    private static final String FOREIGN = "https://evil.example";

    @Test
    void itTellsFromTheStartToTheStopAndStaysSmall() throws IOException {
        try (MainProcess main = MainProcess.startSmall("--port=0", "--limits.sessions=1")) {
            URI uri = main.awaitReady();
            refuse(uri, 200);
            main.signal("TERM");
            main.awaitExit();
            List<String> lines = main.err();
            assertTrue(lines.stream().allMatch(line -> LINE.matcher(line).matches()), lines::toString);
            List<String> expected = List.of(
                    "Roomcast [1-9].* starts on the embedded server \\(Grizzly .*\\) at 127.0.0.1:" + uri.getPort()
                            + ", Java .*relay=local auth=\\(loopback only\\) origins=same-host websockets=fast",
                    "Limits: sessions=1 .*frame-bytes=64KiB.*lag=1s",
                    "roomcast.auth is not set.*",
                    "The node is ready",
                    "Refused a page of .*evil.example.*",
                    "The node stops \\(sessions: 0\\), by the process, which was told to end",
                    "Refused a page of .* \\(the last of 199 more in \\d+ s\\)",
                    "The node has stopped \\(sessions still open: 0\\)");
            assertEquals(expected.size(), lines.size(), lines::toString);
            for (int i = 0; i < expected.size(); i++) {
                String message = lines.get(i).split(" ", 4)[3];
                assertTrue(message.matches(expected.get(i)), message);
            }
        }
    }

    @Test
    void asJsonEachLineIsAnObject() throws IOException {
        try (MainProcess main = MainProcess.startSmall("--port=0", "--log.format=json")) {
            refuse(main.awaitReady(), 1);
            Await.until(
                    () -> "no refusal in " + main.err(),
                    30,
                    () -> main.err().stream().anyMatch(line -> line.contains("evil")));
            for (String line : main.err()) {
                assertFalse(line.codePoints().anyMatch(Character::isISOControl), line);
                JsonObject logged = Http.read(line);
                assertEquals(List.of("time", "level", "logger", "message"), List.copyOf(logged.keySet()), line);
            }
        }
    }

    @Test
    void theFormatsAndFilesOfTheUserAreKept(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("node.log");
        Path properties = Files.write(
                directory.resolve("logging.properties"),
                List.of(
                        "handlers=java.util.logging.ConsoleHandler",
                        "io.roomcast.node.handlers=java.util.logging.FileHandler",
                        "java.util.logging.FileHandler.pattern=" + file,
                        "java.util.logging.FileHandler.formatter=java.util.logging.SimpleFormatter",
                        "java.util.logging.SimpleFormatter.format=%4$s %5$s%n"));
        try (MainProcess main =
                MainProcess.startSmall(List.of("-Djava.util.logging.config.file=" + properties), "--port=0")) {
            refuse(main.awaitReady(), 1);
            main.signal("TERM");
            main.awaitExit();
            assertTrue(main.err().contains("INFO The node is ready"), main.err()::toString);
            assertTrue(main.err().contains("INFO The node has stopped (sessions still open: 0)"), main.err()::toString);
            assertEquals(1, Files.readAllLines(file).size());
            assertTrue(
                    Files.readString(file).startsWith("WARNING Refused a page of https://evil.example at "),
                    Files.readString(file));
            try (var files = Files.list(directory)) {
                assertEquals(2, files.count(), "the lock of the file is gone");
            }
        }
    }

    private static void refuse(URI uri, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            assertEquals(403, Handshake.to(uri.resolve("ws")).origin(FOREIGN).status());
        }
    }
}
