package io.roomcast.service.presence;

import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Users who have come to one room and left it, and which of that its members have yet to be told. The first few of an
 * interval are told one by one, as they happen; more are gathered until the interval is over. Not thread-safe: {@link
 * RoomAnnouncements} guards it.
 */
public final class PresenceChanges {
    /** How many are told one by one in an interval. */
    public static final int BURST = 8;

    /**
     * What members are told. Where nobody is named, how many there are.
     *
     * @param joined and {@code left}: nobody is in both
     * @param count of users in the room after that
     * @param revision of the room then
     */
    record Change(Collection<String> joined, Collection<String> left, long count, long revision) {

        boolean hasNames() {
            return !joined.isEmpty() || !left.isEmpty();
        }
    }

    private final Set<String> joined = new LinkedHashSet<>();
    private final Set<String> left = new LinkedHashSet<>();
    private long count;
    private long revision;
    private int told;

    boolean isEmpty() {
        return joined.isEmpty() && left.isEmpty();
    }

    /** @return what is to be told now, the oldest first */
    List<Change> add(PresenceChange change) {
        List<Change> due = new ArrayList<>(1);
        if (contradicts(change)) {
            // Of one who came and went, each is told for itself: a change has no order.
            due.add(take());
        }
        boolean first = isEmpty();
        change.joined().forEach(user -> joined.add(user.value()));
        change.left().forEach(user -> left.add(user.value()));
        count = change.count();
        revision = change.revision();
        if (first && told < BURST) {
            told++;
            due.add(take());
        }
        return due;
    }

    private boolean contradicts(PresenceChange change) {
        return change.joined().stream().map(UserName::value).anyMatch(left::contains)
                || change.left().stream().map(UserName::value).anyMatch(joined::contains);
    }

    /** The interval is over, and the next begins. @return what has gathered, or null */
    Change next() {
        told = 0;
        return isEmpty() ? null : take();
    }

    private Change take() {
        Change change = new Change(List.copyOf(joined), List.copyOf(left), count, revision);
        clear();
        return change;
    }

    void clear() {
        joined.clear();
        left.clear();
    }
}
