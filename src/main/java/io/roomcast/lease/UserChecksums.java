package io.roomcast.lease;

import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.UserText;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Maps each user to a number. If the sums of two sets of users are equal, the sets are almost certainly equal. Each node
 * has secret numbers of its own, so that nobody can choose names whose numbers cancel out. Any thread.
 */
public final class UserChecksums {
    /**
     * Sums have 46 bits, as in presence.lua. Lua and the scores of Redis are doubles, which hold integers exactly up to
     * 53 bits. So the sum of two such numbers, and its negative, are exact there.
     */
    public static final long MASK = (1L << 46) - 1;

    private final long seed = ThreadLocalRandom.current().nextLong();

    public long of(UserId user) {
        return finished(mixed(seed, user.value()));
    }

    /** Maps what is shown for the user to a number; 0 if that is only the id. */
    public long ofShown(User user) {
        String shown = UserText.afterId(user);
        return shown.isEmpty() ? 0 : finished(mixed(mixed(seed, user.id().value()) ^ '\t', shown));
    }

    private static long mixed(long start, String text) {
        long hash = start;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    private static long finished(long mixed) {
        long hash = mixed;
        hash *= 0x9e3779b97f4a7c15L;
        return (hash ^ hash >>> 32) & MASK;
    }
}
