package io.roomcast.redis.presence;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What a node has in one room: its users with their sessions, and what it owes to Redis. Guarded by the map that it is in. */
final class OwnUsers {
    private final RoomName room;
    private final Map<UserName, Set<String>> sessions = new HashMap<>(2);
    /** Of all users. */
    private long checksum;
    /** Leases that this node had, under which something of it may still be in the room. */
    private final Set<String> stale = new HashSet<>(0);
    /** Whether what Redis has may differ. */
    boolean unsure;

    OwnUsers(RoomName room) {
        this.room = room;
    }

    RoomName room() {
        return room;
    }

    /** @param part of the checksum that is the user's */
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

    /** Whether Redis has nothing of this node here, for sure. */
    boolean isEmpty() {
        return sessions.isEmpty() && stale.isEmpty() && !unsure;
    }
}
