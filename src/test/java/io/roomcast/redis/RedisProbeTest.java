package io.roomcast.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.Script;
import io.roomcast.support.Await;
import io.roomcast.support.redis.HeldLines;
import io.roomcast.support.redis.TestRedis;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A probe comes back only where messages are kept and delivered. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisProbeTest {
    @RegisterExtension
    final TestRedis redis = new TestRedis();

    /** Scripts that operators call, and no room: see {@code RecordScripts}. */
    private static final Set<String> OF_RECORDS = Set.of("sent.lua", "replace.lua", "claim.lua");

    private HeldLines lines;
    private RedisNode node;

    @BeforeEach
    void start() {
        lines = new HeldLines(redis.process());
        node = new RedisNode(lines.settings());
        node.awaitProbe();
    }

    @AfterEach
    void stop() {
        lines.release();
        node.close();
        lines.close();
    }

    /** Null where the probe came back within the time that readiness gives it. */
    private String failure() {
        return failure(2);
    }

    private String failure(long seconds) {
        try {
            node.relay
                    .probe()
                    .toCompletableFuture()
                    .orTimeout(seconds, TimeUnit.SECONDS)
                    .join();
            return null;
        } catch (CompletionException e) {
            return String.valueOf(e.getCause().getMessage());
        }
    }

    private void assertFails(String why) {
        Await.until("a probe that fails: " + why, () -> {
            String failure = failure();
            return failure != null && failure.contains(why);
        });
    }

    @Test
    void fullRedis() {
        redis.admin().configSet("maxmemory", "1");
        assertFails("OOM");
        redis.admin().configSet("maxmemory", "0");
        node.awaitProbe();
    }

    @Test
    void missingReplicas() {
        redis.admin().configSet("min-replicas-to-write", "1");
        assertFails("NOREPLICAS");
        redis.admin().configSet("min-replicas-to-write", "0");
        node.awaitProbe();
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish", "read", "subscribe"})
    void deafConnection(String purpose) {
        lines.hold(purpose);
        assertFails("");
        lines.release();
        node.awaitProbe();
    }

    @Test
    void rightToSubscribeIsMissed() {
        redis.admin().aclSetUser("default", "-subscribe");
        assertFails("subscribe");
        redis.admin().aclSetUser("default", "+subscribe");
        node.awaitProbe();
    }

    @Test
    void nodeThatCannotLeaveItsMark() {
        redis.admin().del("roomcast:{!}:life");
        redis.admin().set("roomcast:{!}:life", "of another type");
        assertFails("mark");
        redis.admin().del("roomcast:{!}:life");
        node.awaitProbe();
    }

    private static List<String> files() throws IOException, URISyntaxException {
        Path folder = Path.of(Script.class
                        .getResource("/io/roomcast/redis/publish.lua")
                        .toURI())
                .getParent();
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".lua") && !OF_RECORDS.contains(name))
                    .toList();
        }
    }

    @Test
    void everyCommandThatMayBeRefusedIsTriedAndNamed() throws Exception {
        List<String> commands = new ArrayList<>(LuaCommands.of(files().toArray(String[]::new)));
        assertTrue(commands.contains("PUBLISH") && commands.contains("XADD"));
        commands.removeAll(LuaCommands.DISPENSABLE);
        commands.addAll(List.of("evalsha", "eval", "script|load", "role", "unsubscribe"));
        for (String command : commands) {
            redis.admin().aclSetUser("default", "-" + command);
            String failure = failure(20);
            redis.admin().aclSetUser("default", "+" + command);
            assertTrue(
                    failure != null && failure.toLowerCase(Locale.ROOT).contains(command.toLowerCase(Locale.ROOT)),
                    () -> command + ": " + failure);
            node.awaitProbe();
        }
    }

    @Test
    void leavesNothingThatDoesNotExpire() {
        node.awaitProbe();
        for (String key : redis.admin().keys("roomcast:{!" + Envelope.VERSION + ":*")) {
            assertTrue(redis.admin().pttl(key) > 0 && redis.admin().pttl(key) <= 120_000, key);
        }
        assertEquals(
                1,
                redis.admin()
                        .keys("roomcast:{!" + Envelope.VERSION + ":*:numbering")
                        .size());
    }
}
