package io.roomcast;

import static java.util.regex.Pattern.MULTILINE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Keys;
import io.roomcast.support.machine.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit for systemd: systemd understands it, and it lets a node drain. */
class ServiceUnitTest {
    private static final Path UNIT = Path.of("docker/systemd/roomcast.service");
    /** What a stop takes beside its window: docs/runbook.md. */
    private static final int END_SECONDS = 20;

    @TempDir
    Path directory;

    @Test
    void systemdUnderstandsIt() throws Exception {
        // Only what the unit starts is another: systemd looks for it, and a machine may have its JDK elsewhere.
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path unit = Files.writeString(
                directory.resolve("roomcast.service"),
                Files.readString(UNIT).replace("/usr/bin/java", java.toString()));
        Process process = new ProcessBuilder(
                        Program.SYSTEMD_ANALYZE.require().toString(), "verify", "--man=no", unit.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), output);
        // Lines about the unit; others are about units of this machine.
        assertEquals(
                List.of(),
                output.lines().filter(line -> line.contains("roomcast")).toList());
    }

    @Test
    void aStopHasTheTimeThatItMayTake() throws IOException {
        int window = Integer.parseInt(value("ROOMCAST_DRAIN_STOP_WINDOW=(\\d+)s"));
        assertTrue(Integer.parseInt(value("^TimeoutStopSec=(\\d+)$")) > window + END_SECONDS);
        assertEquals("on-failure", value("^Restart=(.*)$"));
        assertEquals("143", value("^SuccessExitStatus=(.*)$"));
    }

    @Test
    void everySettingIsAKey() throws IOException {
        List<String> known = Keys.ALL.stream().map(key -> key.environmentName()).toList();
        Matcher settings = Pattern.compile("ROOMCAST_[A-Z_]+").matcher(Files.readString(UNIT));
        assertEquals(
                List.of(),
                settings.results()
                        .map(found -> found.group())
                        .filter(name -> !known.contains(name))
                        .toList());
    }

    private static String value(String pattern) throws IOException {
        Matcher line = Pattern.compile(pattern, MULTILINE).matcher(Files.readString(UNIT));
        assertTrue(line.find(), pattern);
        return line.group(1);
    }
}
