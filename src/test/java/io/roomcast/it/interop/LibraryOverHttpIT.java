package io.roomcast.it.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.machine.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client library over plain HTTP, in Node.js, before a server that loses answers and refuses what it should not. */
@Timeout(120)
class LibraryOverHttpIT {
    private static final Path TESTS = Path.of("src/test/resources/client");
    private static final int SECONDS = 100;

    @Test
    void keepsItsPromises() throws IOException, InterruptedException {
        Process node = new ProcessBuilder(
                        Program.NODE.require().toString(),
                        "--test",
                        "--test-reporter=tap",
                        TESTS.resolve("poll.test.mjs").toString(),
                        TESTS.resolve("way.test.mjs").toString())
                .redirectErrorStream(true)
                .start();
        try {
            String told = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(node.waitFor(SECONDS, TimeUnit.SECONDS), told);
            assertEquals(0, node.exitValue(), told);
            assertTrue(Pattern.compile("(?m)^# pass [1-9]").matcher(told).find(), told);
        } finally {
            node.destroy();
        }
    }
}
