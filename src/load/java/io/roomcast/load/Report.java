package io.roomcast.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was found.
 *
 * @param found null for a test that did not search
 */
record Report(LoadOptions options, Tally tally, Progress progress, Connecting connecting, Found found) {
    private static final double MILLIS = 1e6;

    /** How the connections came about, and what the nodes needed without them and with them. */
    record Connecting(int connected, double seconds, ServerView.Memory before, ServerView.Memory full) {}

    /** @param why it were not more; empty where no more were asked for */
    record Found(int connections, String why) {}

    boolean isGood() {
        boolean all = found == null ? tally.failed.sum() + tally.away.sum() == 0 : found.connections() > 0;
        return all && tally.kept();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (found != null) {
            lines.add(line(
                    "held",
                    "%,d connections within p99 %d ms%s",
                    found.connections(),
                    options.objective.toMillis(),
                    found.why().isEmpty() ? " (all that were asked for)" : "; " + found.why()));
        }
        lines.add(line(
                "connections",
                "%,d of %,d in %.1f s (%,.0f/s), %d failed, %d broke, %d came back%s",
                connecting.connected(),
                options.connections,
                connecting.seconds(),
                tally.joined.sum() / connecting.seconds(),
                tally.failed.sum(),
                tally.broken.sum(),
                tally.returned.sum(),
                tally.away.sum() == 0 ? "" : ", " + tally.away.sum() + " STAYED AWAY"));
        var joining = tally.joinings();
        lines.add(line(
                "connect+join",
                "p50 %.1f  p99 %.1f  max %.1f ms",
                joining.getValueAtPercentile(50) / MILLIS,
                joining.getValueAtPercentile(99) / MILLIS,
                joining.getMaxValue() / MILLIS));
        memory(lines);
        lines.add(line(
                "published",
                "%,d (%,.0f/s), %,d acknowledged, refused %s",
                tally.published.sum(),
                progress.publishesPerSecond(),
                tally.acknowledged.sum(),
                tally.refusals().isEmpty() ? "none" : tally.refusals()));
        lines.add(line(
                "delivered",
                "%,d (%,.0f/s), %,.1f MB",
                tally.delivered.sum(),
                progress.deliveriesPerSecond(),
                tally.bytes.sum() / 1e6));
        lines.add(latency());
        lines.add(line(
                "checked",
                "%s: %,d lost, %,d repeated, %,d out of order, %,d contradicted; told that they missed some: %,d",
                tally.kept() ? "every delivery right" : "WRONG",
                tally.lost.sum(),
                tally.repeated.sum(),
                tally.late.sum(),
                tally.contradicted.sum(),
                tally.behind.sum()));
        if (!tally.ends().isEmpty()) {
            lines.add(line("ended", "%s", tally.ends()));
        }
        return lines;
    }

    private void memory(List<String> lines) {
        ServerView.Memory before = connecting.before();
        ServerView.Memory full = connecting.full();
        int count = Math.max(1, connecting.connected());
        if (full.heapBytes() > 0) {
            lines.add(line(
                    "heap",
                    "%,d MB before, %,d MB with connections%s",
                    before.heapBytes() >> 20,
                    full.heapBytes() >> 20,
                    options.pids.isEmpty()
                            ? " (not collected; --pid collects)"
                            : each(full.heapBytes() - before.heapBytes(), count)));
        }
        if (full.residentBytes() > 0) {
            lines.add(line(
                    "resident",
                    "%,d MB before, %,d MB with connections%s",
                    before.residentBytes() >> 20,
                    full.residentBytes() >> 20,
                    each(full.residentBytes() - before.residentBytes(), count)));
        }
    }

    private static String each(long bytes, int count) {
        return String.format(Locale.ROOT, ": %.1f KB each", bytes / 1024.0 / count);
    }

    private String latency() {
        var latency = progress.latency();
        return line(
                "latency",
                "p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms, from the time of sending by %s",
                latency.getValueAtPercentile(50) / MILLIS,
                latency.getValueAtPercentile(90) / MILLIS,
                latency.getValueAtPercentile(99) / MILLIS,
                latency.getValueAtPercentile(99.9) / MILLIS,
                latency.getMaxValue() / MILLIS,
                options.window > 0 ? "a closed loop of " + options.window : "schedule");
    }

    private static String line(String name, String format, Object... values) {
        return String.format(Locale.ROOT, "%-13s", name) + String.format(Locale.ROOT, format, values);
    }
}
