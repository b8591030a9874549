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
            holds(good);
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
        long failedBefore = tally.failed.sum() + tally.broken.sum();
        fleet.publish(false);
        fleet.shrinkTo(count);
        fleet.growTo(count, progress);
        fleet.publish(true);
        progress.waitFor(options.warmup.toMillis());
        progress.resetFigures();
        progress.phase("hold", count, true);
        progress.waitFor(options.hold.toMillis());
        progress.phase("judge", count, false);
        String problem = problem(count, failedBefore);
        out.printf(
                Locale.ROOT,
                "%,d connections: p99 %.1f ms, %,.0f deliveries/s: %s%n",
                count,
                progress.latency().getValueAtPercentile(99) / 1e6,
                progress.deliveriesPerSecond(),
                problem == null ? "within the objective" : problem);
        why = problem == null ? why : "at " + count + " " + problem;
        return problem == null;
    }

    private String problem(int count, long failedBefore) {
        long failed = tally.failed.sum() + tally.broken.sum() - failedBefore;
        double p99 = progress.latency().getValueAtPercentile(99) / 1e6;
        if (failed > 0 || fleet.joinedNow() < count) {
            return failed + " were refused or lost their connection " + tally.ends();
        } else if (!tally.kept()) {
            return "deliveries were wrong";
        } else if (progress.latency().getTotalCount() == 0) {
            return "nothing was delivered";
        } else if (p99 > options.objective.toMillis()) {
            return String.format(Locale.ROOT, "p99 was %.1f ms, over %d ms", p99, options.objective.toMillis());
        }
        return null;
    }

    /** What ended the search; empty where nothing did but --connections. */
    String why() {
        return why;
    }
}
