package io.roomcast.service.presence;

import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
     * @param joined users who joined; no user is in both {@code joined} and {@code left}
     * @param left users who left
     * @param count number of users in the room after the change
     * @param revision revision of the room's presence after the change
     */
    record Announcement(Collection<String> joined, Collection<String> left, long count, long revision) {

        boolean hasNames() {
            return !joined.isEmpty() || !left.isEmpty();
        }
    }

    private final Set<String> joined = new LinkedHashSet<>();
    private final Set<String> left = new LinkedHashSet<>();
    private long count;
    private long revision;
    /** Number of changes that were sent one by one in this interval. */
    private int sentOneByOne;

    boolean isEmpty() {
        return joined.isEmpty() && left.isEmpty();
    }

    /** @return the changes that must be sent now, oldest first */
    List<Announcement> add(PresenceChange change) {
        List<Announcement> due = new ArrayList<>(1);
        if (contradicts(change)) {
            // A user who joined and left needs two announcements, because a single announcement does not say which came
            // first.
            due.add(take());
        }
        boolean wasEmpty = isEmpty();
        change.joined().forEach(user -> joined.add(user.value()));
        change.left().forEach(user -> left.add(user.value()));
        count = change.count();
        revision = change.revision();
        if (wasEmpty && sentOneByOne < BURST) {
            sentOneByOne++;
            due.add(take());
        }
        return due;
    }

    private boolean contradicts(PresenceChange change) {
        return change.joined().stream().map(UserId::value).anyMatch(left::contains)
                || change.left().stream().map(UserId::value).anyMatch(joined::contains);
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
        Announcement change = new Announcement(List.copyOf(joined), List.copyOf(left), count, revision);
        clear();
        return change;
    }

    void clear() {
        joined.clear();
        left.clear();
    }
}
