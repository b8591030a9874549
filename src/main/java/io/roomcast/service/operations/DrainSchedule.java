package io.roomcast.service.operations;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * The times at which sessions are closed. The times are spread evenly over a window, so that clients do not all
 * reconnect to other nodes at once. Not thread-safe.
 */
final class DrainSchedule<T> {

    /** @param closeTime when the session is closed, in nanoseconds of the clock of the node */
    record PlannedClose<T>(T session, long closeTime) {}

    private List<PlannedClose<T>> waiting = List.of();
    private int planned;

    /**
     * Gives each session a close time, in a random order, within the window that begins now.
     *
     * @return the new close times
     */
    List<PlannedClose<T>> plan(Collection<T> leaving, Duration window, long now) {
        List<T> shuffled = new ArrayList<>(leaving);
        Collections.shuffle(shuffled);
        List<PlannedClose<T>> added = new ArrayList<>(shuffled.size());
        double width = (double) window.toNanos() / Math.max(1, shuffled.size());
        for (int i = 0; i < shuffled.size(); i++) {
            double at = (i + ThreadLocalRandom.current().nextDouble()) * width;
            added.add(new PlannedClose<>(shuffled.get(i), now + (long) at));
        }
        List<PlannedClose<T>> all = new ArrayList<>(waiting);
        all.addAll(added);
        all.sort(Comparator.comparingLong(close -> close.closeTime() - now));
        waiting = all;
        planned += added.size();
        return added;
    }

    /**
     * Removes and returns the sessions whose close time has come. A busy session is returned later.
     *
     * @param patience a busy session is returned at the latest this many nanoseconds after its close time
     */
    List<T> due(long now, Predicate<T> isBusy, long patience) {
        List<T> due = new ArrayList<>();
        List<PlannedClose<T>> later = new ArrayList<>();
        for (PlannedClose<T> close : waiting) {
            long late = now - close.closeTime();
            if (late >= patience || late >= 0 && !isBusy.test(close.session())) {
                due.add(close.session());
            } else {
                later.add(close);
            }
        }
        waiting = later;
        return due;
    }

    /** Number of sessions that got a close time. */
    int planned() {
        return planned;
    }
}
