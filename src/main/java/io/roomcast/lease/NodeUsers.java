package io.roomcast.lease;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * This node's users in one room with their sessions, and what has to be corrected in the broker. Not thread-safe. Only used
 * inside the atomic updates of the map of {@link LeasedPresence}.
 */
final class NodeUsers {
    private final RoomName room;
    private final UserChecksums checksums;
    private final Map<UserId, Set<String>> sessions = new HashMap<>(2);
    /**
     * The users in {@code sessions} of whom it is not known yet whether the room has a place for them. Who is refused
     * is removed. Until then, a repair must not enter them.
     */
    private final Set<UserId> asking = new HashSet<>(0);
    /** The users for whom more is shown than the id. */
    private final Map<UserId, User> named = new HashMap<>(0);
    /** The sum of the numbers of all users, modulo 2^46. */
    private long checksum;
    /** The sum of the numbers of what is shown, modulo 2^46. */
    private long shownChecksum;
    /** Former leases of this node, under which its users may still be in the room. */
    private final Set<String> formerLeases = new HashSet<>(0);
    /** Whether the users in the broker may differ from these, since the effect of a command is unknown. */
    boolean mayDiffer;

    NodeUsers(RoomName room, UserChecksums checksums) {
        this.room = room;
        this.checksums = checksums;
    }

    RoomName room() {
        return room;
    }

    /** Whether the user is in the room by this node, as far as it knows. */
    boolean has(UserId user) {
        return sessions.containsKey(user) && !asking.contains(user);
    }

    /**
     * Adds a session. The user is shown as this call says from now on.
     *
     * @param asks whether the room may have no place for the user; then {@link #answered} must follow
     */
    void add(User shown, String session, boolean asks) {
        UserId user = shown.id();
        show(shown);
        if (asks) {
            asking.add(user);
        } else {
            asking.remove(user);
        }
        Set<String> userSessions = sessions.get(user);
        if (userSessions == null) {
            sessions.put(user, Set.of(session));
            checksum = (checksum + checksums.of(user)) & UserChecksums.MASK;
        } else if (!userSessions.contains(session)) {
            Set<String> more = new HashSet<>(userSessions);
            more.add(session);
            sessions.put(user, more);
        }
    }

    /** Takes the answer for a session of a user who was asking. A session that is refused is removed. */
    void answered(UserId user, String session, boolean isIn) {
        if (isIn) {
            asking.remove(user);
        } else {
            remove(user, session);
        }
    }

    private void show(User shown) {
        User before = shown.isUnnamed() ? named.remove(shown.id()) : named.put(shown.id(), shown);
        long change = checksums.ofShown(shown) - (before == null ? 0 : checksums.ofShown(before));
        shownChecksum = (shownChecksum + change) & UserChecksums.MASK;
    }

    /** @return whether the user has no session left */
    boolean remove(UserId user, String session) {
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
        asking.remove(user);
        show(User.of(user));
        checksum = (checksum - checksums.of(user)) & UserChecksums.MASK;
        return true;
    }

    int count() {
        return sessions.size();
    }

    List<User> users() {
        return sessions.keySet().stream()
                .map(user -> named.getOrDefault(user, User.of(user)))
                .toList();
    }

    /** The users who must not be entered by a repair, but stay if the broker has them: as {@link #users}, those of now. */
    Set<UserId> asking() {
        return Set.copyOf(asking);
    }

    long shownChecksum() {
        return shownChecksum;
    }

    long checksum() {
        return checksum;
    }

    /** The former leases, for reading and changing. */
    Set<String> formerLeases() {
        return formerLeases;
    }

    /** Whether the broker certainly has no user of this node in the room. */
    boolean isEmpty() {
        return sessions.isEmpty() && formerLeases.isEmpty() && !mayDiffer;
    }
}
