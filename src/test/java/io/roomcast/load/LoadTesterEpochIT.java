package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.redis.TestRedis;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Redis loses everything while the load tester looks on: it follows into the new epochs, and finds nothing wrong. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadTesterEpochIT {
    private static final int MEMBERS = 60;

    @RegisterExtension
    private final TestRedis redis = new TestRedis();

    @TempDir
    private Path directory;

    @Test
    void aNewEpochIsAGapThatWasTold() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Path picture = directory.resolve("picture.html");
        try (EmbeddedServer node =
                EmbeddedServer.start(Map.of("roomcast.relay", "redis", "roomcast.redis.uri", redis.uri()))) {
            String[] arguments = {
                "--uri=" + node.uri(),
                "--connections=" + MEMBERS,
                "--rooms=6",
                "--rate=100",
                "--warmup=200ms",
                "--hold=5s",
                "--report=" + picture
            };
            CompletableFuture<Integer> run = CompletableFuture.supplyAsync(() -> {
                try {
                    return LoadTester.run(arguments, out);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until(
                    "the hold begins",
                    () -> bytes.toString(StandardCharsets.UTF_8).contains("hold"));
            redis.admin().flushAll();
            int exit = run.get(90, TimeUnit.SECONDS);
            String printed = bytes.toString(StandardCharsets.UTF_8);
            assertEquals(LoadTester.RIGHT, exit, printed);
            assertTrue(printed.contains("every delivery right: 0 lost"), printed);
            Matcher gaps = Pattern.compile("(\\d+) joins could not recover, (\\d+) of them by a new epoch")
                    .matcher(printed);
            assertTrue(gaps.find(), printed);
            assertTrue(Integer.parseInt(gaps.group(2)) >= MEMBERS, printed);
        }
        String html = Files.readString(picture);
        assertTrue(html.contains("Members were told of a gap"), html);
    }
}
