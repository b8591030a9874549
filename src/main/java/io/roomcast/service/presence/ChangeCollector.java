package io.roomcast.service.presence;

import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the changes of one room's presence that its members have not been sent yet. The first changes of an interval
 * are sent one by one, as they happen. Later changes are collected until the interval ends. Not thread-safe; guarded by
 * the monitor of {@link RoomAnnouncements}.
 */
public final class ChangeCollector {
    /** Most changes of an interval that are sent one by one. */
    public static final int BURST = 8;

    /**
     * A change that the members are sent: the names of users, or only the number of users.
     *
     * @param joined users who joined; no user is in two of the lists
     * @param renamed users who were in the room before and are shown in another way now
     * @param left users who left, as they were shown last
     * @param count number of users in the room after the change
     * @param revision revision of the room's presence after the change
     */
    record Announcement(List<User> joined, List<User> renamed, List<User> left, long count, long revision) {

        /** An announcement of the number of users alone. */
        static Announcement counted(long count, long revision) {
            return new Announcement(List.of(), List.of(), List.of(), count, revision);
        }

        boolean hasNames() {
            return !joined.isEmpty() || !renamed.isEmpty() || !left.isEmpty();
        }
    }

    private final Map<UserId, User> joined = new LinkedHashMap<>();
    private final Map<UserId, User> renamed = new LinkedHashMap<>();
    private final Map<UserId, User> left = new LinkedHashMap<>();
    private long count;
    private long revision;
    /** Number of changes that were sent one by one in this interval. */
    private int sentOneByOne;

    boolean isEmpty() {
        return joined.isEmpty() && renamed.isEmpty() && left.isEmpty();
    }

    /**
     * @param usersWhoLeft the users of {@code change.left()}
     * @return the changes that must be sent now, oldest first
     */
    List<Announcement> add(PresenceChange change, List<User> usersWhoLeft) {
        List<Announcement> due = new ArrayList<>(1);
        if (contradicts(change)) {
            // A user who joined and left needs two announcements, because a single announcement does not say which came
            // first.
            due.add(take());
        }
        boolean wasEmpty = isEmpty();
        change.joined().forEach(user -> joined.put(user.id(), user));
        change.renamed().forEach(user -> (joined.containsKey(user.id()) ? joined : renamed).put(user.id(), user));
        usersWhoLeft.forEach(user -> {
            renamed.remove(user.id());
            left.put(user.id(), user);
        });
        count = change.count();
        revision = change.revision();
        if (wasEmpty && sentOneByOne < BURST) {
            sentOneByOne++;
            due.add(take());
        }
        return due;
    }

    private boolean contradicts(PresenceChange change) {
        return change.joined().stream().map(User::id).anyMatch(left::containsKey)
                || change.left().stream().anyMatch(joined::containsKey);
    }

    /**
     * Ends the interval and begins the next one.
     *
     * @return the collected changes as one announcement, or null if there are none
     */
    Announcement endInterval() {
        sentOneByOne = 0;
        return isEmpty() ? null : take();
    }

    private Announcement take() {
        Announcement change = new Announcement(
                List.copyOf(joined.values()),
                List.copyOf(renamed.values()),
                List.copyOf(left.values()),
                count,
                revision);
        clear();
        return change;
    }

    void clear() {
        joined.clear();
        renamed.clear();
        left.clear();
    }
}
