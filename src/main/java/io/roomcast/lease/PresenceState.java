package io.roomcast.lease;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.lease.PresenceBook.Sums;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.PresenceStore.Roster;
import io.roomcast.relay.UserText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The users in a room under the leases of their nodes, as the record of the room has them. The record is text:
 *
 * <pre>
 *   REVISION ORIGIN       of the last change, and of the join into the empty room
 *   !LEASE MILLISECONDS   a fence: the lease was evicted at that time, and no user enters under it any more
 *   {@literal @}LEASE                the users under this lease follow
 *   SINCE USER            a user as in {@link UserText}; the entry with the highest SINCE is shown
 * </pre>
 *
 * Not thread-safe.
 */
public final class PresenceState {
    /** How long a fence is kept. No command is on its way for so long. */
    private static final long FENCE_MILLIS = 600_000;

    /** A user as a node shows it, and the number of the moment since when. */
    private record Entry(User user, long since) {}

    private final Map<String, Map<UserId, Entry>> leases = new TreeMap<>();
    private final Map<String, Long> fences = new TreeMap<>();
    /** How many leases each user has. */
    private final Map<UserId, Integer> present = new TreeMap<>();

    private long revision;
    private long origin;
    private long highestSince;

    /** The state of a room that was never used. */
    public PresenceState() {}

    /** Reads a record. Skips what another version wrote. */
    public static PresenceState parse(byte[] record) {
        PresenceState state = new PresenceState();
        String[] lines = new String(record, UTF_8).split("\n", -1);
        String lease = null;
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            int blank = line.indexOf(' ');
            try {
                if (i == 0) {
                    state.revision = Long.parseLong(line.substring(0, blank));
                    state.origin = Long.parseLong(line.substring(blank + 1));
                } else if (line.startsWith("!")) {
                    state.fences.put(line.substring(1, blank), Long.parseLong(line.substring(blank + 1)));
                } else if (line.startsWith("@")) {
                    lease = line.substring(1);
                } else if (lease != null && blank > 0) {
                    long since = Long.parseLong(line.substring(0, blank));
                    state.put(lease, UserText.parse(line.substring(blank + 1)), since);
                }
            } catch (NumberFormatException | IndexOutOfBoundsException | ProtocolException e) {
                // The comparison finds what is missing.
            }
        }
        return state;
    }

    /** Forgets the fences that have been kept for long enough. */
    public void forgetFences(long nowMillis) {
        fences.values().removeIf(at -> nowMillis - at > FENCE_MILLIS);
    }

    /** Whether there is nothing to remember: no user, and no fence. */
    public boolean isUnused() {
        return leases.isEmpty() && fences.isEmpty();
    }

    /** The record of this state, without the fences that have been kept for long enough. */
    public byte[] record(long nowMillis) {
        forgetFences(nowMillis);
        StringBuilder text = new StringBuilder(64);
        text.append(revision).append(' ').append(origin);
        fences.forEach(
                (lease, at) -> text.append("\n!").append(lease).append(' ').append(at));
        leases.forEach((lease, users) -> {
            text.append("\n@").append(lease);
            users.values()
                    .forEach(entry ->
                            text.append('\n').append(entry.since()).append(' ').append(UserText.line(entry.user())));
        });
        return text.toString().getBytes(UTF_8);
    }

    /** An independent copy. */
    public PresenceState copy() {
        PresenceState copy = new PresenceState();
        copy.revision = revision;
        copy.origin = origin;
        copy.fences.putAll(fences);
        leases.forEach((lease, users) -> users.values().forEach(entry -> copy.put(lease, entry.user(), entry.since())));
        return copy;
    }

    private void put(String lease, User user, long since) {
        Entry before = leases.computeIfAbsent(lease, l -> new TreeMap<>()).put(user.id(), new Entry(user, since));
        if (before == null) {
            present.merge(user.id(), 1, Integer::sum);
        }
        highestSince = Math.max(highestSince, since);
    }

    private void remove(String lease, UserId user) {
        Map<UserId, Entry> users = leases.get(lease);
        if (users != null && users.remove(user) != null) {
            present.computeIfPresent(user, (id, count) -> count == 1 ? null : count - 1);
            if (users.isEmpty()) {
                leases.remove(lease);
            }
        }
    }

    public boolean isFenced(String lease) {
        return fences.containsKey(lease);
    }

    public boolean hasUsersOf(String lease) {
        return leases.containsKey(lease);
    }

    public long count() {
        return present.size();
    }

    public boolean isPresent(UserId user) {
        return present.containsKey(user);
    }

    /** Whether the room has at most so many users with these. Users who are in the room already need no place. */
    public boolean hasPlaceFor(Set<UserId> users, int maxUsers) {
        long joining = users.stream().filter(user -> !isPresent(user)).count();
        return joining == 0 || count() + joining <= maxUsers;
    }

    /** The revision for callers; 0 for an empty room. */
    public long revision() {
        return present.isEmpty() ? 0 : revision;
    }

    /** The revision of the last change, also of an empty room. */
    public long lastRevision() {
        return revision;
    }

    public List<String> leases() {
        return List.copyOf(leases.keySet());
    }

    public Roster roster(int limit) {
        List<User> users =
                present.keySet().stream().limit(limit).map(this::shown).toList();
        return new Roster(count(), users, revision(), present.isEmpty() ? 0 : origin);
    }

    /** The user as the newest entry shows it, or null. */
    private User shown(UserId user) {
        Entry newest = null;
        if (present.containsKey(user)) {
            for (Map<UserId, Entry> users : leases.values()) {
                Entry entry = users.get(user);
                if (entry != null && (newest == null || entry.since() > newest.since())) {
                    newest = entry;
                }
            }
        }
        return newest == null ? null : newest.user();
    }

    /** Whether the lease has exactly these users, shown as they are. */
    public boolean isSame(String lease, Sums own) {
        long checksum = 0;
        long shown = 0;
        Map<UserId, Entry> users = leases.getOrDefault(lease, Map.of());
        for (Entry entry : users.values()) {
            checksum = (checksum + own.checksums().of(entry.user().id())) & UserChecksums.MASK;
            shown = (shown + own.checksums().ofShown(entry.user())) & UserChecksums.MASK;
        }
        return users.size() == own.users() && checksum == own.checksum() && shown == own.shown();
    }

    /** Changes of several calls, which become one change of the room. */
    public final class Update {
        private final long before = revision();
        private final List<User> joined = new ArrayList<>(1);
        private final List<User> renamed = new ArrayList<>(0);
        private final List<UserId> left = new ArrayList<>(1);
        private boolean writes;

        /** Whether the record must be written, since an entry or a fence is another one now. */
        public boolean writes() {
            return writes;
        }

        /** Lets the record be written also if it has not changed. */
        public void rewrite() {
            writes = true;
        }

        /** Enters a user. The user is shown so from now on. Returns whether the user is new in the room. */
        public boolean enter(String lease, User user) {
            return show(lease, user, true);
        }

        private boolean show(String lease, User user, boolean entered) {
            User shownBefore = shown(user.id());
            Entry old = leases.getOrDefault(lease, Map.of()).get(user.id());
            if (old == null || !old.user().equals(user) || entered && !user.equals(shownBefore)) {
                put(lease, user, entered ? highestSince + 1 : sinceElsewhere(user));
                writes = true;
            }
            if (shownBefore == null) {
                joined.add(user);
            } else {
                noteRenamed(user.id(), shownBefore);
            }
            return shownBefore == null;
        }

        /** A node that moves its users to another lease changes nothing where the name is known. */
        private long sinceElsewhere(User user) {
            long since = 0;
            for (Map<UserId, Entry> users : leases.values()) {
                Entry entry = users.get(user.id());
                if (entry != null && entry.user().equals(user)) {
                    since = Math.max(since, entry.since());
                }
            }
            return since > 0 ? since : highestSince + 1;
        }

        private void noteRenamed(UserId user, User shownBefore) {
            User after = shown(user);
            if (!after.equals(shownBefore)) {
                renamed.add(after);
            }
        }

        /** Takes a user out. Returns whether the user is not in the room any more, and was before. */
        public boolean leave(String lease, UserId user) {
            User shownBefore = shown(user);
            writes |= leases.getOrDefault(lease, Map.of()).containsKey(user);
            remove(lease, user);
            if (shownBefore == null) {
                return false;
            }
            if (!present.containsKey(user)) {
                left.add(user);
                return true;
            }
            noteRenamed(user, shownBefore);
            return false;
        }

        /** Replaces the users of the lease. */
        public void reconcile(String lease, Collection<User> users) {
            Set<UserId> gone =
                    new HashSet<>(leases.getOrDefault(lease, Map.of()).keySet());
            for (User user : users) {
                gone.remove(user.id());
                show(lease, user, false);
            }
            gone.forEach(user -> leave(lease, user));
        }

        /** Fences the lease, and takes out its users. Returns whether it has more. */
        public boolean evict(String lease, int limit, long nowMillis) {
            fences.put(lease, nowMillis);
            writes = true;
            leases.getOrDefault(lease, Map.of()).keySet().stream()
                    .limit(limit)
                    .toList()
                    .forEach(user -> leave(lease, user));
            return leases.containsKey(lease);
        }

        /** Gives the change its revision. */
        public PresenceChange finish(long nowMicros) {
            if (!joined.isEmpty() || !left.isEmpty() || !renamed.isEmpty()) {
                revision = Math.max(revision + 1, nowMicros);
                if (before == 0) {
                    origin = revision;
                }
            }
            return new PresenceChange(before, revision, count(), joined, renamed, left);
        }
    }

    public Update update() {
        return new Update();
    }
}
