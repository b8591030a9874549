package io.roomcast.load;

import java.util.ArrayList;
import java.util.List;

/** How much CPU a process had used, at one time after another. Any thread. */
final class CpuTrack {
    private record Reading(double at, double used) {}

    private final List<Reading> readings = new ArrayList<>();

    /**
     * Answers may overtake each other; what goes back is left out.
     *
     * @param at seconds of the run
     * @param used seconds since the process began
     */
    synchronized void add(double at, double used) {
        if (!readings.isEmpty()) {
            Reading last = readings.get(readings.size() - 1);
            if (at <= last.at() || used < last.used()) {
                return;
            }
        }
        readings.add(new Reading(at, used));
    }

    /** Cores that it kept busy on average, as far as there are readings from this time; NaN where there are none. */
    synchronized double cores(double from, double to) {
        if (readings.size() < 2) {
            return Double.NaN;
        }
        double begin = Math.max(from, readings.get(0).at());
        double end = Math.min(to, readings.get(readings.size() - 1).at());
        return end - begin <= 0 ? Double.NaN : (used(end) - used(begin)) / (end - begin);
    }

    /** Between two readings, as if it were used evenly. */
    private double used(double at) {
        for (int i = 1; i < readings.size(); i++) {
            Reading before = readings.get(i - 1);
            Reading after = readings.get(i);
            if (at <= after.at()) {
                double share = (at - before.at()) / (after.at() - before.at());
                return before.used() + share * (after.used() - before.used());
            }
        }
        return readings.get(readings.size() - 1).used();
    }
}
