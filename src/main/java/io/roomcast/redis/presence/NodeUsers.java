package io.roomcast.redis.presence;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * This node's users in one room with their sessions, and what has to be corrected in Redis. Guarded by the atomic
 * updates of the map that holds it.
 */
final class NodeUsers {
    /**
     * Maps each user to a number, so that two sets of users are almost certainly equal if the sums are. Each node has
     * secret numbers of its own: so nobody can choose names whose numbers cancel out.
     */
    static final class Checksums {
        /** Sums have 46 bits: Lua is exact up to 53, and needs one for the sign. */
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

    private final RoomName room;
    private final Map<UserName, Set<String>> sessions = new HashMap<>(2);
    /** The sum of all users' numbers. */
    private long checksum;
    /** Former leases of this node, under which its users may still be in the room. */
    private final Set<String> stale = new HashSet<>(0);
    /** Whether the users in Redis may differ from these. */
    boolean unsure;

    NodeUsers(RoomName room) {
        this.room = room;
    }

    RoomName room() {
        return room;
    }

    /** @param part the user's number in the checksum */
    void add(UserName user, String session, long part) {
        Set<String> known = sessions.get(user);
        if (known == null) {
            sessions.put(user, Set.of(session));
            checksum = (checksum + part) & Checksums.MASK;
        } else if (!known.contains(session)) {
            Set<String> more = new HashSet<>(known);
            more.add(session);
            sessions.put(user, more);
        }
    }

    /** @return whether the user has no session left */
    boolean remove(UserName user, String session, long part) {
        Set<String> known = sessions.get(user);
        if (known == null) {
            return true;
        }
        Set<String> rest = new HashSet<>(known);
        rest.remove(session);
        if (!rest.isEmpty()) {
            sessions.put(user, rest);
            return false;
        }
        sessions.remove(user);
        checksum = (checksum - part) & Checksums.MASK;
        return true;
    }

    Set<UserName> users() {
        return sessions.keySet();
    }

    long checksum() {
        return checksum;
    }

    Set<String> stale() {
        return stale;
    }

    /** Whether Redis certainly has no user of this node in the room. */
    boolean isEmpty() {
        return sessions.isEmpty() && stale.isEmpty() && !unsure;
    }
}
