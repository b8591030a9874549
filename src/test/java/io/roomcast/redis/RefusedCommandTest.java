package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.body;
import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.support.redis.TestRedis;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is left when Redis refuses one command of a script: each in turn, by taking the right away. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusedCommandTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final LimitedUser limited = new LimitedUser(REDIS);
    private final RoomName room = new RoomName("lobby-" + UUID.randomUUID());
    private RedisNode speaker;
    private RedisNode hearer;

    @BeforeEach
    void start() {
        limited.allow();
        speaker = new RedisNode(limited.settings());
        hearer = new RedisNode(RedisSettings.parse(REDIS.uri()));
        speaker.awaitProbe();
        hearer.awaitProbe();
        get(hearer.relay.subscribe(room));
    }

    @AfterEach
    void stop() {
        limited.allow();
        speaker.close();
        hearer.close();
    }

    static List<String> commands() {
        return LuaCommands.of("numbering.lua", "publish.lua", "read.lua", "renumber.lua", "check.lua", "lineage.lua");
    }

    private boolean isStored(String key, String content) {
        try {
            speaker.relay
                    .publish(room, key, body(content))
                    .toCompletableFuture()
                    .join();
            return true;
        } catch (CompletionException e) {
            assertTrue(e.getCause() instanceof RelayUnavailableException, () -> "unexpected: " + e);
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void firstMessageOfARoomIsStoredOnce(String command) {
        isStoredOnce("-" + command);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void laterMessageOfARoomIsStoredOnce(String command) {
        speaker.publish(room, "earlier");
        isStoredOnce("-" + command);
    }

    static List<String> rules() {
        return List.of(
                "resetchannels",
                "-publish -xdel",
                "-publish -xsetid",
                "-publish -xdel -set",
                "-@stream",
                "-@write",
                "-set -hset",
                "-xadd -del",
                "-xtrim -xdel");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void firstMessageIsStoredOnceWhateverElseIsRefused(String rules) {
        isStoredOnce(rules.split(" "));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void laterMessageIsStoredOnceWhateverElseIsRefused(String rules) {
        speaker.publish(room, "earlier");
        isStoredOnce(rules.split(" "));
    }

    private void isStoredOnce(String... refused) {
        List<String> expected = new ArrayList<>(contents());
        limited.allow(refused);
        boolean stored = false;
        for (int i = 0; i < 4; i++) {
            stored |= isStored("key", "once");
        }
        isStored(null, "perhaps");
        limited.allow();
        assertEverythingExpires();
        Position first = speaker.publish(room, "key", "once");
        assertEquals(first, speaker.publish(room, "key", "once"), "it is known by its key");
        speaker.publish(room, "last");
        hearer.listener.await("the last", () -> hearer.listener.lastBody(room).contains("last"));

        List<String> found = contents();
        expected.add("once");
        expected.add("last");
        found.remove("perhaps"); // Without a key nobody can tell whether it was.
        assertEquals(expected, found);
        if (hearer.listener.resets(room).isEmpty()) {
            assertEquals(upTo(hearer.listener.count(room)), hearer.listener.offsets(room));
            assertEquals(
                    contents(),
                    hearer.listener.bodies(room).stream()
                            .map(RefusedCommandTest::content)
                            .toList());
        }
        assertTrue(!stored || first.offset() > 0);
        hearer.awaitProbe();
        speaker.awaitProbe();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void severalMessagesOfARoomAreStoredOnceAndInOrder(String command) {
        areStoredOnce("-" + command);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void severalMessagesAreStoredOnceAndInOrderWhateverElseIsRefused(String rules) {
        areStoredOnce(rules.split(" "));
    }

    private void areStoredOnce(String... refused) {
        List<String> contents = List.of("a", "b", "c");
        List<Relay.Entry> entries = contents.stream()
                .map(content -> new Relay.Entry("key " + content, body(content)))
                .toList();
        limited.allow(refused);
        for (int i = 0; i < 3; i++) {
            tryToStore(entries);
        }
        limited.allow();
        assertEverythingExpires();
        Relay.Prefix prefix = get(speaker.relay.publishAll(room, entries));
        assertNull(prefix.refusal());
        assertEquals(prefix, get(speaker.relay.publishAll(room, entries)), "they are known by their keys");
        speaker.publish(room, "last");
        hearer.listener.await("the last", () -> hearer.listener.lastBody(room).contains("last"));
        assertEquals(List.of("a", "b", "c", "last"), contents());
    }

    private void tryToStore(List<Relay.Entry> entries) {
        try {
            Relay.Prefix prefix = speaker.relay
                    .publishAll(room, entries)
                    .toCompletableFuture()
                    .join();
            assertEquals(prefix.refusal() == null, prefix.positions().size() == entries.size());
        } catch (CompletionException e) {
            assertTrue(e.getCause() instanceof RelayUnavailableException, () -> "unexpected: " + e);
        }
    }

    private void assertEverythingExpires() {
        for (String key : REDIS.admin().keys("roomcast:{" + room.value() + "}*")) {
            assertTrue(REDIS.admin().pttl(key) != -1, () -> key + " stays for ever");
        }
    }

    private List<String> contents() {
        List<String> found = new ArrayList<>();
        for (StoredMessage message :
                get(hearer.relay.historyAfter(room, 0, 200)).messages()) {
            found.add(content(new String(message.body(), StandardCharsets.UTF_8)));
        }
        return found;
    }

    private static String content(String body) {
        return body.replaceAll(".*:\"|\"}", "");
    }
}
