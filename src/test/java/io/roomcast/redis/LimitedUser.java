package io.roomcast.redis;

import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.redis.TestRedis;
import java.util.ArrayList;
import java.util.List;

/** A user of Redis who can do everything but what a test takes away. */
final class LimitedUser {
    private static final String NAME = "limited";

    private final TestRedis redis;

    LimitedUser(TestRedis redis) {
        this.redis = redis;
    }

    /** For the node that will be refused commands. */
    RedisSettings settings() {
        return RedisSettings.parse("redis://" + NAME + ":secret@127.0.0.1:" + redis.port());
    }

    /** @param rules such as {@code -xadd}; what they do not take away is allowed */
    void allow(String... rules) {
        List<String> all = new ArrayList<>(List.of("reset", "on", ">secret", "~*", "&*", "+@all"));
        all.addAll(List.of(rules));
        redis.admin().aclSetUser(NAME, all.toArray(String[]::new));
    }
}
