package io.roomcast.load;

import java.util.TreeSet;

/**
 * What one member was sent, held against what its room's numbering promises: each offset once, one after the other.
 * Used by one thread at a time.
 */
final class OrderCheck {
    /** So many holes are told apart from repetitions; beyond, a late message counts as repeated. */
    private static final int MOST_HOLES = 100_000;

    /** What is wrong with a delivery. */
    enum Verdict {
        GOOD,
        /** It was delivered before. */
        REPEATED,
        /** Others that belong behind it came before it. */
        LATE
    }

    private final TreeSet<Long> holes = new TreeSet<>();
    private long last = -1;

    /** Deliveries go on behind this offset. What was missing before is given up. @return how much that was */
    int startAt(long offset) {
        int lost = holes.size();
        holes.clear();
        last = offset;
        return lost;
    }

    Verdict take(long offset) {
        if (offset > last) {
            for (long hole = last + 1; hole < offset && holes.size() < MOST_HOLES; hole++) {
                holes.add(hole);
            }
            last = offset;
            return Verdict.GOOD;
        }
        return holes.remove(offset) ? Verdict.LATE : Verdict.REPEATED;
    }

    long last() {
        return last;
    }

    /** How many of the room's messages up to {@code highest} did not come. */
    long missing(long highest) {
        return last < 0 ? 0 : holes.size() + Math.max(0, highest - last);
    }
}
