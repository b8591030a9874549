package io.roomcast.redis;

import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.NodeExchange.Answers;
import io.roomcast.relay.NodeExchangeContractTest;
import io.roomcast.support.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisExchangeTest extends NodeExchangeContractTest {
    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.launch();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    protected Joined join(String node) {
        return join(RedisSettings.parse(redis.uri()), node);
    }

    static Joined join(RedisSettings settings, String name) {
        RedisNode node = new RedisNode(settings, name);
        node.awaitProbe();
        return new Joined() {
            @Override
            public NodeExchange exchange() {
                return node.relay.exchange();
            }

            @Override
            public void close() {
                node.close();
            }
        };
    }

    /** Nodes of one Redis that has another database or prefix are another cluster. */
    @Test
    void nodesOfOtherClustersAreNotAsked() {
        RedisSettings settings = RedisSettings.parse(redis.uri());
        try (Joined here = join("here");
                Joined otherPrefix = join(settings.withPrefix("other"), "prefix");
                Joined otherDatabase = join(RedisSettings.parse(redis.uri() + "/3"), "database")) {
            for (Joined alone : List.of(here, otherPrefix, otherDatabase)) {
                Answers answers = get(alone.exchange().ask(new byte[0], Duration.ofSeconds(20)));
                assertEquals(List.of(), answers.silent());
            }
        }
    }

    @Test
    void saysSoWhenRedisIsAway() {
        RedisProcess own = RedisProcess.launch();
        try (Joined here = join(RedisSettings.parse(own.uri()), "here")) {
            own.close();
            assertUnavailable(here.exchange().ask(new byte[0], Duration.ofSeconds(2)));
        }
    }
}
