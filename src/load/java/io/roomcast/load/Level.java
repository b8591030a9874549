package io.roomcast.load;

import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What had been counted when a number of connections was tried: what is more afterwards, happened at this number. */
record Level(long failed, long broken, Map<String, Long> wrong, Map<String, Long> refusals, Map<String, Long> ends) {
    private static final double MILLIS = 1e6;

    /**
     * How it ended.
     *
     * @param wanted members, of whom {@code joined} were in their rooms when the time was over
     * @param missing messages that were acknowledged and had not come when nothing came any more
     * @param latency of what came, in nanoseconds
     */
    record Seen(int wanted, int joined, long missing, Histogram latency) {}

    static Level begin(Tally tally) {
        return new Level(tally.failed.sum(), tally.broken.sum(), tally.wrongs(), tally.refusals(), tally.ends());
    }

    /** The first reason why the objective was missed; null where it was met. */
    String problem(Tally tally, Seen seen, long objectiveNanos) {
        long failedHere = tally.failed.sum() - failed;
        long brokenHere = tally.broken.sum() - broken;
        Map<String, Long> refusedHere = Tally.since(refusals, tally.refusals());
        Map<String, Long> endsHere = Tally.since(ends, tally.ends());
        Map<String, Long> wrongHere = Tally.since(wrong, tally.wrongs());
        double p99 = seen.latency().getValueAtPercentile(99) / MILLIS;
        if (failedHere > 0) {
            return words("%,d did not get into their rooms %s", failedHere, both(endsHere, refusedHere));
        } else if (brokenHere > 0) {
            return words("%,d lost their connection %s", brokenHere, endsHere);
        } else if (seen.joined() < seen.wanted()) {
            return words("only %,d were in their rooms", seen.joined());
        } else if (!wrongHere.isEmpty()) {
            return words("deliveries were wrong %s", wrongHere);
        } else if (seen.missing() > 0) {
            return words("%,d deliveries of acknowledged messages did not come", seen.missing());
        } else if (!refusedHere.isEmpty()) {
            return words("requests were refused %s", refusedHere);
        } else if (seen.latency().getTotalCount() == 0) {
            return "nothing was delivered";
        } else if (seen.latency().getValueAtPercentile(99) > objectiveNanos) {
            return words("p99 was %.3f ms, over the objective of %.0f ms", p99, objectiveNanos / MILLIS);
        }
        return null;
    }

    private static String both(Map<String, Long> ends, Map<String, Long> refused) {
        return ends.isEmpty() ? refused.toString() : refused.isEmpty() ? ends.toString() : ends + " " + refused;
    }

    private static String words(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
