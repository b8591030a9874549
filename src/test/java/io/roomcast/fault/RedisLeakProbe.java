package io.roomcast.fault;

import io.roomcast.support.Await;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import redis.clients.jedis.Jedis;

/**
 * Finds what should not be in Redis when all clients have gone: users of a room, and keys that never expire. Only the
 * key of the data's lineage may stay.
 */
final class RedisLeakProbe {
    private static final String PRESENCE = ":presence";
    private static final String LIFE = ":life";
    private static final String FENCE = "!";

    /** A lease of 10 s, and something for a busy machine. */
    private static final long PATIENCE_SECONDS = 20;

    private RedisLeakProbe() {}

    /** Waits until nothing is left; to be called when all clients have gone. */
    static void awaitNothing(Jedis redis) {
        Await.until(
                () -> "nothing is left: " + in(redis),
                PATIENCE_SECONDS,
                () -> in(redis).isEmpty());
    }

    /** @return empty when all is well */
    private static Set<String> in(Jedis redis) {
        Set<String> left = new TreeSet<>();
        for (String key : redis.keys("*")) {
            if (key.endsWith(PRESENCE)) {
                List<String> entries = redis.zrange(key, 0, -1);
                entries.stream()
                        .filter(entry -> !entry.startsWith(FENCE))
                        .forEach(entry -> left.add(key + " has " + entry));
            }
            if (!key.endsWith(LIFE) && redis.pttl(key) == -1) {
                left.add(key + " stays for ever");
            }
        }
        return left;
    }
}
