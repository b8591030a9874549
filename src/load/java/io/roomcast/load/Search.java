package io.roomcast.load;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Finds how many connections the nodes hold: opens more and more while the objective is met, then closes in between the
 * last number that was good and the first that was not, to a twentieth. The rate of publishing stays the same, so
 * deliveries grow with the members.
 */
final class Search {
    private static final int FIRST = 100;
    private static final double GROWTH = 1.6;
    private static final int CLOSE_ENOUGH = 20;

    private final LoadOptions options;
    private final Tally tally;
    private final Fleet fleet;
    private final Progress progress;
    private final PrintStream out;
    private String why = "";

    Search(LoadOptions options, Tally tally, Fleet fleet, Progress progress, PrintStream out) {
        this.options = options;
        this.tally = tally;
        this.fleet = fleet;
        this.progress = progress;
        this.out = out;
    }

    /** @return the largest number that was held within the objective; 0 for none */
    int run() throws InterruptedException {
        int good = 0;
        int bad = Integer.MAX_VALUE;
        int next = Math.min(options.connections, Math.max(FIRST, options.rooms));
        while (next > 0) {
            if (holds(next)) {
                good = next;
            } else {
                bad = next;
            }
            next = next(good, bad);
        }
        if (good > 0 && fleet.size() != good) {
            String before = why;
            if (!holds(good)) {
                why = before + "; held once, and when held again " + why;
            }
        }
        return good;
    }

    /** @return 0 where it is known well enough */
    private int next(int good, int bad) {
        if (bad == Integer.MAX_VALUE) {
            return good >= options.connections ? 0 : Math.min(options.connections, (int) (good * GROWTH));
        }
        return bad - good <= Math.max(1, good / CLOSE_ENOUGH) ? 0 : good + (bad - good) / 2;
    }

    private boolean holds(int count) throws InterruptedException {
        progress.phase("to " + count, count, false);
        Level level = Level.begin(tally);
        tally.lost.add(fleet.missingBeyond(count));
        fleet.shrinkTo(count);
        fleet.growTo(count, progress);
        fleet.publish(true);
        progress.waitFor(options.warmup.toMillis());
        progress.resetFigures();
        progress.phase("hold", count, true);
        progress.waitFor(options.hold.toMillis());
        progress.phase("judge", count, false);
        int joined = fleet.joinedNow();
        Settling.await(fleet, tally, progress);
        String problem = level.problem(
                tally, new Level.Seen(count, joined, fleet.missing(), progress.latency()), options.objective.toNanos());
        out.printf(
                Locale.ROOT,
                "%,d connections: p99 %.1f ms, %,.0f deliveries/s: %s%n",
                count,
                progress.latency().getValueAtPercentile(99) / 1e6,
                progress.deliveriesPerSecond(),
                problem == null ? "within the objective" : problem);
        why = problem == null ? why : String.format(Locale.ROOT, "at %,d %s", count, problem);
        return problem == null;
    }

    /** What ended the search; empty where nothing did but --connections. */
    String why() {
        return why;
    }
}
