package io.roomcast.service;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who has come to one room and who has left it, and what of that its members have yet to be told. Everyday comings and goings are told one by one, as they happen; of a
 * crowd the first few are, and the others gather until the interval is over. Not thread-safe: {@link Announcer} guards it.
 */
final class News {
    /** Told one by one in an interval. */
    static final int AT_ONCE = 8;

    /**
     * What members are told.
     *
     * @param joined and {@code left}: nobody is in both
     * @param count of users in the room after that
     */
    record Change(List<String> joined, List<String> left, long count) {
        /** Too many to name them: they are counted when it is told. */
        static final Change UNNAMED = new Change(List.of(), List.of(), 0);

        boolean hasNames() {
            return !equals(UNNAMED);
        }
    }

    private final int largestByName;
    private final Set<String> joined = new LinkedHashSet<>();
    private final Set<String> left = new LinkedHashSet<>();
    private boolean unnamed;
    private long count;
    private int told;

    /** @param largestByName users of the largest room that is told names */
    News(int largestByName) {
        this.largestByName = largestByName;
    }

    /**
     * Somebody has come, or gone.
     *
     * @param usersThen in the room
     * @return what is to be told now, the oldest first
     */
    List<Change> add(String user, boolean came, long usersThen) {
        if (unnamed || usersThen > largestByName) {
            unnamed = true;
            return List.of();
        }
        List<Change> due = new ArrayList<>(1);
        if ((came ? left : joined).contains(user)) {
            // Of one who came and went, each is told for itself: a change has no order.
            due.add(take());
        }
        count = usersThen;
        boolean first = joined.isEmpty() && left.isEmpty();
        (came ? joined : left).add(user);
        if (first && told < AT_ONCE) {
            told++;
            due.add(take());
        }
        return due;
    }

    /** The interval is over, and the next begins. @return what has gathered, or null */
    Change next() {
        told = 0;
        return unnamed || !joined.isEmpty() || !left.isEmpty() ? take() : null;
    }

    private Change take() {
        Change change = unnamed ? Change.UNNAMED : new Change(List.copyOf(joined), List.copyOf(left), count);
        joined.clear();
        left.clear();
        unnamed = false;
        return change;
    }
}
