package io.roomcast.redis;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.Await;
import io.roomcast.support.redis.TestRedis;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;

/** Nodes that speak different versions do not serve together. The strangers here only listen, as nodes of their version do. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForeignNodesTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final JedisPubSub ear = new JedisPubSub() {};
    private Thread stranger;

    @AfterEach
    void goAway() throws InterruptedException {
        REDIS.admin().flushAll();
        if (stranger != null) {
            silence();
        }
    }

    private void listen(String channel) {
        stranger = new Thread(() -> {
            try (Jedis line = new Jedis("127.0.0.1", REDIS.port(), 0)) {
                line.subscribe(ear, channel);
            }
        });
        stranger.start();
        Await.until(
                "a stranger",
                () -> REDIS.admin()
                        .pubsubChannels(channel.replaceAll("[{!}]", "?"))
                        .contains(channel));
    }

    private void silence() throws InterruptedException {
        if (ear.isSubscribed()) {
            ear.unsubscribe();
        }
        stranger.join();
    }

    private static RedisNode node() {
        return new RedisNode(RedisSettings.parse(REDIS.uri()));
    }

    private static String failure(RedisNode node) {
        return String.valueOf(assertThrows(
                        CompletionException.class,
                        () -> node.relay
                                .probe()
                                .toCompletableFuture()
                                .orTimeout(5, TimeUnit.SECONDS)
                                .join())
                .getCause()
                .getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "roomcast:node:old:c0ffee",
                "roomcast:{!3:db0:c0ffee:0}:before",
                "roomcast:{!9:db0:c0ffee:0}:new",
            })
    void nodeRefusesToServeBesideThem(String channel) throws Exception {
        listen(channel);
        RedisNode node = node();
        try {
            Await.until("a probe that says why", () -> failure(node).contains(channel));
            silence();
            node.awaitProbe();
        } finally {
            node.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"roomcast:{!9:db1:c0ffee:0}:new", "roomcast2:{!9:db0:c0ffee:0}:new"})
    void nodesOfAnotherDatabaseOrPrefixAreNoneOfThem(String channel) {
        listen(channel);
        RedisNode node = node();
        try {
            node.awaitProbe();
        } finally {
            node.close();
        }
    }

    @Test
    void nodeThatIsAwayForAMomentIsWaitedFor() {
        String now = REDIS.admin().time().get(0) + "000";
        REDIS.admin().hset("roomcast:{!}:life", "n:new:c0ffee", "7 " + now + " 9");
        RedisNode node = node();
        try {
            Await.until("a probe that says why", () -> failure(node).contains("new:c0ffee"));
            REDIS.admin().hdel("roomcast:{!}:life", "n:new:c0ffee");
            node.awaitProbe();
        } finally {
            node.close();
        }
    }

    @Test
    void nodesOfOneVersionServeTogether() {
        RedisNode one = node();
        RedisNode two = node();
        try {
            one.awaitProbe();
            two.awaitProbe();
            assertTrue(List.copyOf(REDIS.admin().pubsubChannels("roomcast:{!*")).size() >= 2);
        } finally {
            one.close();
            two.close();
        }
    }
}
