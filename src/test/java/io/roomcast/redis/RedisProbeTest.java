package io.roomcast.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.Script;
import io.roomcast.support.Await;
import io.roomcast.support.redis.HeldLines;
import io.roomcast.support.redis.RedisProcess;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** A probe comes back only where messages are kept and delivered. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisProbeTest {
    private RedisProcess redis;
    private HeldLines lines;
    private Jedis admin;
    private RedisNode node;

    @BeforeEach
    void start() {
        redis = RedisProcess.launch();
        lines = new HeldLines(redis);
        admin = new Jedis("127.0.0.1", redis.port());
        node = new RedisNode(lines.settings());
        node.awaitProbe();
    }

    @AfterEach
    void stop() {
        lines.release();
        node.close();
        lines.close();
        admin.close();
        redis.close();
    }

    /** Null where the probe came back within the time that readiness gives it. */
    private String failure() {
        try {
            node.relay
                    .probe()
                    .toCompletableFuture()
                    .orTimeout(2, TimeUnit.SECONDS)
                    .join();
            return null;
        } catch (CompletionException e) {
            return String.valueOf(e.getCause().getMessage());
        }
    }

    private void assertFails(String why) {
        Await.await("a probe that fails: " + why, () -> {
            String failure = failure();
            return failure != null && failure.contains(why);
        });
    }

    @Test
    void fullRedis() {
        admin.configSet("maxmemory", "1");
        assertFails("OOM");
        admin.configSet("maxmemory", "0");
        node.awaitProbe();
    }

    @Test
    void missingReplicas() {
        admin.configSet("min-replicas-to-write", "1");
        assertFails("NOREPLICAS");
        admin.configSet("min-replicas-to-write", "0");
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
        admin.aclSetUser("default", "-subscribe");
        assertFails("subscribe");
        admin.aclSetUser("default", "+subscribe");
        node.awaitProbe();
    }

    @Test
    void nodeThatCannotLeaveItsMark() {
        admin.del("roomcast:{!}:life");
        admin.set("roomcast:{!}:life", "of another type");
        assertFails("mark");
        admin.del("roomcast:{!}:life");
        node.awaitProbe();
    }

    private static List<String> files() throws IOException, URISyntaxException {
        Path folder = Path.of(Script.class
                        .getResource("/io/roomcast/redis/publish.lua")
                        .toURI())
                .getParent();
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".lua"))
                    .toList();
        }
    }

    @Test
    void everyCommandThatMayBeRefusedIsTriedAndNamed() throws Exception {
        List<String> commands = new ArrayList<>(LuaCommands.of(files().toArray(String[]::new)));
        assertTrue(commands.contains("PUBLISH") && commands.contains("XADD"));
        commands.addAll(List.of("evalsha", "eval", "script|load", "role", "unsubscribe"));
        for (String command : commands) {
            admin.aclSetUser("default", "-" + command);
            String failure = failure();
            admin.aclSetUser("default", "+" + command);
            assertTrue(
                    failure != null && failure.toLowerCase(Locale.ROOT).contains(command.toLowerCase(Locale.ROOT)),
                    () -> command + ": " + failure);
            node.awaitProbe();
        }
    }

    @Test
    void leavesNothingThatDoesNotExpire() {
        node.awaitProbe();
        for (String key : admin.keys("roomcast:{!" + Envelope.VERSION + ":*")) {
            assertTrue(admin.pttl(key) > 0 && admin.pttl(key) <= 120_000, key);
        }
        assertEquals(
                1, admin.keys("roomcast:{!" + Envelope.VERSION + ":*:numbering").size());
    }
}
