package io.roomcast.support.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A master, its replica, and the sentinel that watches them.
 *
 * @param master the one that was it first
 */
public record SentinelTrio(RedisProcess master, RedisProcess replica, RedisProcess sentinel) implements AutoCloseable {
    public static final String NAME = "rooms";

    /** @param directory for the file that a sentinel insists on writing */
    public static SentinelTrio launch(Path directory) throws IOException {
        RedisProcess master = RedisProcess.launch("--repl-diskless-sync-delay", "0");
        RedisProcess replica = RedisProcess.launch("--replicaof", "127.0.0.1", String.valueOf(master.port()));
        Await.until(
                "the replica follows", () -> ask(replica, "INFO", "replication").contains("master_link_status:up"));
        Path file = directory.resolve("sentinel.conf");
        Files.writeString(
                file,
                "sentinel monitor " + NAME + " 127.0.0.1 " + master.port() + " 1\n"
                        + "sentinel down-after-milliseconds " + NAME + " 1000\n"
                        + "sentinel failover-timeout " + NAME + " 5000\n");
        RedisProcess sentinel = RedisProcess.launch(file.toString(), "--sentinel");
        SentinelTrio servers = new SentinelTrio(master, replica, sentinel);
        Await.until(
                "the sentinel knows the replica",
                () -> ask(sentinel, "SENTINEL", "REPLICAS", NAME).contains("master-link-status, ok"));
        return servers;
    }

    public RedisSettings settings() {
        return RedisSettings.parse("redis://ignored")
                .withSentinels(NAME, List.of("127.0.0.1:1", "127.0.0.1:" + sentinel.port()), null);
    }

    /** Waits until the replica has all that the master had when it was asked. */
    public void awaitReplicated() {
        try (Jedis admin = new Jedis("127.0.0.1", master.port())) {
            admin.set("mark", "set");
            assertTrue(admin.waitReplicas(1, 20_000) == 1, "the replica follows");
        }
    }

    /** Has the replica put in the master's place while both are well; returns when it is there. */
    public void failOver() {
        ask(sentinel, "SENTINEL", "FAILOVER", NAME);
        Await.until(
                "the replica has become the master",
                () -> ask(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).contains("" + replica.port()));
        Await.until("the old master follows", this::oldMasterFollows);
    }

    private boolean oldMasterFollows() {
        try {
            return ask(master, "ROLE").startsWith("[slave");
        } catch (JedisConnectionException e) {
            return false; // It ends all its connections as it steps down.
        }
    }

    private static String ask(RedisProcess server, String command, String... arguments) {
        try (Jedis admin = new Jedis("127.0.0.1", server.port())) {
            return text(admin.sendCommand(() -> command.getBytes(UTF_8), arguments));
        }
    }

    private static String text(Object reply) {
        if (reply instanceof List<?> parts) {
            return parts.stream().map(SentinelTrio::text).toList().toString();
        }
        return reply instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(reply);
    }

    @Override
    public void close() {
        sentinel.close();
        replica.close();
        master.close();
    }
}
