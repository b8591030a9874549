package io.roomcast.redis;

import static io.roomcast.redis.RedisNode.upTo;
import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.PresenceStore;
import io.roomcast.support.redis.Certificates;
import io.roomcast.support.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A Redis that asks who is there, and one that speaks TLS only. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisSecurityTest {
    private static final String PASSWORD = "p@ss:w/rd";
    private static final String ENCODED = "p%40ss%3Aw%2Frd";

    private final RoomName room = new RoomName("lobby");

    private void assertServes(RedisSettings settings) {
        RedisNode speaker = new RedisNode(settings);
        RedisNode hearer = new RedisNode(settings);
        try {
            get(hearer.relay.subscribe(room));
            speaker.publish(room, "one");
            speaker.publish(room, "two");
            hearer.listener.awaitCount(room, 2);
            assertEquals(upTo(2), hearer.listener.offsets(room));
            assertEquals(
                    2, get(hearer.relay.historyAfter(room, 0, 10)).messages().size());
            get(hearer.relay.probe());
            assertServesPresence(speaker);
        } finally {
            speaker.close();
            hearer.close();
        }
    }

    private void assertServesPresence(RedisNode node) {
        UserId ann = new UserId("ann");
        try (PresenceStore presence = node.relay.presence()) {
            get(presence.enter(room, User.of(ann), "s1"));
            assertEquals(List.of(User.of(ann)), get(presence.roster(room, 10)).users());
            get(presence.leave(room, ann, "s1"));
        }
    }

    private void assertRefused(RedisSettings settings) {
        RedisNode node = new RedisNode(settings);
        try {
            assertUnavailable(node.relay.publish(room, null, RedisNode.body("lost")));
            assertUnavailable(node.relay.subscribe(room));
            assertUnavailable(node.relay.probe());
        } finally {
            node.close();
        }
    }

    @Test
    void passwordIsGiven() {
        try (RedisProcess redis = RedisProcess.launch("--requirepass", PASSWORD)) {
            String address = "127.0.0.1:" + redis.port();
            assertServes(RedisSettings.parse("redis://:" + ENCODED + "@" + address));
            assertRefused(RedisSettings.parse("redis://:wrong@" + address));
            assertRefused(RedisSettings.parse("redis://" + address));
        }
    }

    @Test
    void userNeedsNoMoreThanIsDocumented() throws IOException {
        String line = Files.readString(Path.of("docs/redis.md"))
                .lines()
                .filter(each -> each.startsWith("user roomcast on "))
                .findFirst()
                .orElseThrow();
        String[] options = ("--" + line.replace("PASSWORD", PASSWORD) + " --user default off").split(" ");
        try (RedisProcess redis = RedisProcess.launch(options)) {
            String address = "127.0.0.1:" + redis.port();
            assertServes(RedisSettings.parse("redis://roomcast:" + ENCODED + "@" + address));
            assertLogIsSmall(redis.port());
            assertRefused(RedisSettings.parse("redis://roomcast:" + ENCODED + "@" + address)
                    .withPrefix("other"));
            assertRefused(RedisSettings.parse("redis://" + address));
        }
    }

    /** The rights suffice for what saves memory, too. */
    private void assertLogIsSmall(int port) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            jedis.auth("roomcast", PASSWORD);
            assertTrue(jedis.memoryUsage("roomcast:{lobby}:log") < 2_048);
        }
    }

    @Test
    void certificateIsChecked(@TempDir Path directory) {
        Certificates own = Certificates.make(directory.resolve("own"));
        Certificates strange = Certificates.make(directory.resolve("strange"));
        try (RedisProcess redis = RedisProcess.launchTls(own)) {
            RedisSettings settings = RedisSettings.parse("rediss://127.0.0.1:" + redis.port());
            assertServes(settings.withTrust(own.certificate()));
            assertRefused(settings.withTrust(strange.certificate()));
            assertRefused(settings);
        }
    }
}
