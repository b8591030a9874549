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
 * The times at which sessions are closed. The slots are spread evenly over a window, so that clients do not all
 * reconnect to other nodes at once. Not thread-safe.
 */
final class DrainSchedule<T> {

    /** @param at when the session is closed, in nanoseconds of the clock of the node */
    record Slot<T>(T session, long at) {}

    private List<Slot<T>> waiting = List.of();
    private int planned;

    /**
     * Gives each session a slot, in a random order, within the window that begins now.
     *
     * @return the new slots
     */
    List<Slot<T>> plan(Collection<T> leaving, Duration window, long now) {
        List<T> order = new ArrayList<>(leaving);
        Collections.shuffle(order);
        List<Slot<T>> added = new ArrayList<>(order.size());
        double width = (double) window.toNanos() / Math.max(1, order.size());
        for (int i = 0; i < order.size(); i++) {
            double at = (i + ThreadLocalRandom.current().nextDouble()) * width;
            added.add(new Slot<>(order.get(i), now + (long) at));
        }
        List<Slot<T>> all = new ArrayList<>(waiting);
        all.addAll(added);
        all.sort(Comparator.comparingLong(slot -> slot.at() - now));
        waiting = all;
        planned += added.size();
        return added;
    }

    /**
     * Removes and returns the sessions whose slot has come. A session that is busy is returned later.
     *
     * @param patience how many nanoseconds after its slot a busy session is returned all the same
     */
    List<T> due(long now, Predicate<T> isBusy, long patience) {
        List<T> due = new ArrayList<>();
        List<Slot<T>> later = new ArrayList<>();
        for (Slot<T> slot : waiting) {
            long late = now - slot.at();
            if (late >= patience || late >= 0 && !isBusy.test(slot.session())) {
                due.add(slot.session());
            } else {
                later.add(slot);
            }
        }
        waiting = later;
        return due;
    }

    /** Number of sessions that were given a slot. */
    int planned() {
        return planned;
    }
}
