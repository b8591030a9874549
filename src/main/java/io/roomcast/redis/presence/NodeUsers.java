package io.roomcast.redis.presence;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * This node's users in one room with their sessions, and what has to be corrected in Redis. Not thread-safe. Only used
 * inside the atomic updates of the map of {@link RedisPresence}.
 */
final class NodeUsers {
    /**
     * Maps each user to a number. If the sums of two sets of users are equal, the sets are almost certainly equal. Each
     * node has secret numbers of its own, so that nobody can choose names whose numbers cancel out.
     */
    static final class Checksums {
        /**
         * Sums have 46 bits, as in presence.lua. Lua and the scores of Redis are doubles, which hold integers exactly
         * up to 53 bits. So the sum of two such numbers, and its negative, are exact there.
         */
        static final long MASK = (1L << 46) - 1;

        private final long seed = ThreadLocalRandom.current().nextLong();

        long of(UserId user) {
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

    private final RoomName room;
    private final Map<UserId, Set<String>> sessions = new HashMap<>(2);
    /** The sum of the numbers of all users, modulo 2^46. */
    private long checksum;
    /** Former leases of this node, under which its users may still be in the room. */
    private final Set<String> formerLeases = new HashSet<>(0);
    /** Whether the users in Redis may differ from these, since the effect of a command is unknown. */
    boolean mayDiffer;

    NodeUsers(RoomName room) {
        this.room = room;
    }

    RoomName room() {
        return room;
    }

    /** @param userChecksum the user's number, as {@link Checksums} gives it */
    void add(UserId user, String session, long userChecksum) {
        Set<String> userSessions = sessions.get(user);
        if (userSessions == null) {
            sessions.put(user, Set.of(session));
            checksum = (checksum + userChecksum) & Checksums.MASK;
        } else if (!userSessions.contains(session)) {
            Set<String> more = new HashSet<>(userSessions);
            more.add(session);
            sessions.put(user, more);
        }
    }

    /**
     * @param userChecksum the user's number, as {@link Checksums} gives it
     * @return whether the user has no session left
     */
    boolean remove(UserId user, String session, long userChecksum) {
        Set<String> userSessions = sessions.get(user);
        if (userSessions == null) {
            return true;
        }
        Set<String> rest = new HashSet<>(userSessions);
        rest.remove(session);
        if (!rest.isEmpty()) {
            sessions.put(user, rest);
            return false;
        }
        sessions.remove(user);
        checksum = (checksum - userChecksum) & Checksums.MASK;
        return true;
    }

    Set<UserId> users() {
        return sessions.keySet();
    }

    long checksum() {
        return checksum;
    }

    /** The former leases, for reading and changing. */
    Set<String> formerLeases() {
        return formerLeases;
    }

    /** Whether Redis certainly has no user of this node in the room. */
    boolean isEmpty() {
        return sessions.isEmpty() && formerLeases.isEmpty() && !mayDiffer;
    }
}
