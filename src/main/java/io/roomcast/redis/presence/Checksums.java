package io.roomcast.redis.presence;

import io.roomcast.protocol.UserName;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Gives each user a number, so that two sets of users are very likely the same if the sums are. Each node has numbers of its own, which
 * nobody can know: so nobody can choose names that cancel out.
 */
final class Checksums {
    /** Sums are taken within 46 bits: Lua is exact up to 53, and one is taken for the sign. */
    static final long MASK = (1L << 46) - 1;

    private final long seed = ThreadLocalRandom.current().nextLong();

    long of(UserName user) {
        String name = user.value();
        long hash = seed;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
            hash ^= hash >>> 29;
        }
        hash *= 0x9e3779b97f4a7c15L;
        return (hash ^ hash >>> 32) & MASK;
    }
}
