package io.roomcast.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What was found.
 *
 * @param found null for a test that did not search
 */
record Report(
        LoadOptions options, Tally tally, Progress progress, List<NodeInfo> nodes, Connecting connecting, Found found) {
    private static final double MILLIS = 1e6;

    /** How the connections came about, and what the nodes needed without them and with them. */
    record Connecting(int connected, double seconds, ServerView.Memory before, ServerView.Memory full) {}

    /** @param why it were not more; empty where no more were asked for */
    record Found(int connections, String why) {}

    boolean isGood() {
        return problems().isEmpty();
    }

    /** What was wrong, in sentences; empty where nothing was. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!tally.kept()) {
            problems.add("Deliveries were wrong: " + counts(tally.wrongs()) + ".");
        }
        if (found != null) {
            if (found.connections() == 0) {
                problems.add("No number of connections met the objective: " + found.why() + ".");
            }
            return problems;
        }
        count(problems, tally.failed.sum(), "did not get into their rooms.");
        count(problems, tally.away.sum(), "lost their connection, and had not come back at the end.");
        if (tally.published.sum() > 0 && tally.delivered.sum() == 0) {
            problems.add("Of what was published, nothing was delivered.");
        }
        return problems;
    }

    /** What is no fault of a delivery, and yet to be known to whoever reads that all were right. */
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        if (tally.published.sum() == 0) {
            remarks.add("Nothing was published.");
        }
        if (!tally.refusals().isEmpty()) {
            remarks.add("Requests were refused: " + counts(tally.refusals()) + ".");
        }
        if (tally.gaps.sum() > 0) {
            remarks.add(text("Members were told of a gap: %,d times.", tally.gaps.sum()));
        }
        return remarks;
    }

    private static void count(List<String> problems, long members, String what) {
        if (members > 0) {
            problems.add(text("%,d members %s", members, what));
        }
    }

    private static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(entry -> text("%,d %s", entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (NodeInfo node : nodes) {
            lines.add(line("node", "%s: %s", address(node), node.build()));
        }
        if (found != null) {
            lines.add(line(
                    "held",
                    "%,d connections within p99 %d ms, without a loss or a refusal%s",
                    found.connections(),
                    options.objective.toMillis(),
                    found.why().isEmpty() ? " (all that were asked for)" : "; " + found.why()));
        }
        lines.add(line(
                "connections",
                "%,d of %,d in %.1f s (%,.0f/s), %,d failed, %,d broke, %,d came back%s",
                connecting.connected(),
                options.connections,
                connecting.seconds(),
                tally.joined.sum() / connecting.seconds(),
                tally.failed.sum(),
                tally.broken.sum(),
                tally.returned.sum(),
                tally.away.sum() == 0 ? "" : text(", %,d STAYED AWAY", tally.away.sum())));
        lines.add(times("connect+join", "p50 %.1f  p99 %.1f  max %.1f ms", tally.joinings()));
        memory(lines);
        lines.add(line(
                "published",
                "%,d (%,.0f/s in the hold), %,d acknowledged%s; requests refused: %s",
                tally.published.sum(),
                progress.publishesPerSecond(),
                tally.acknowledged.sum(),
                tally.unanswered.sum() == 0 ? "" : text(", %,d without an answer", tally.unanswered.sum()),
                tally.refusals().isEmpty() ? "none" : tally.refusals()));
        lines.add(line(
                "delivered",
                "%,d (%,.0f/s in the hold), %,.1f MB",
                tally.delivered.sum(),
                progress.deliveriesPerSecond(),
                tally.bytes.sum() / 1e6));
        cpu(lines);
        lines.add(latency());
        if (options.window == 0) {
            lines.add(times(
                    "sent late",
                    "p50 %.2f  p99 %.2f  max %.2f ms, which is the tester's own and part of the latency",
                    progress.lateness()));
        }
        lines.add(line(
                "checked",
                "%s: %,d lost, %,d repeated, %,d out of order, %,d contradicted; told that they missed some: %,d",
                !tally.kept() ? "WRONG" : tally.delivered.sum() == 0 ? "no delivery" : "every delivery right",
                tally.lost.sum(),
                tally.repeated.sum(),
                tally.late.sum(),
                tally.contradicted.sum(),
                tally.behind.sum() + tally.gaps.sum()));
        if (tally.behind.sum() + tally.gaps.sum() > 0) {
            lines.add(line(
                    "gaps",
                    "%,d behind; %,d joins could not recover, %,d of them by a new epoch; %,d deliveries left out by these",
                    tally.behind.sum(),
                    tally.gaps.sum(),
                    tally.newEpochs.sum(),
                    tally.gapMessages.sum()));
        }
        if (!tally.ends().isEmpty()) {
            lines.add(line("ended", "%s", tally.ends()));
        }
        return lines;
    }

    private void memory(List<String> lines) {
        ServerView.Memory before = connecting.before();
        ServerView.Memory full = connecting.full();
        int count = Math.max(1, connecting.connected());
        boolean collected = before.collected() && full.collected();
        if (full.heapBytes() > 0 && before.heapBytes() > 0) {
            lines.add(line(
                    "heap",
                    "%,d MB before, %,d MB with connections%s",
                    before.heapBytes() >> 20,
                    full.heapBytes() >> 20,
                    !collected
                            ? options.pids.isEmpty()
                                    ? " (not collected; --pid collects)"
                                    : " (jcmd could not collect all of them)"
                            : each(full.heapBytes() - before.heapBytes(), count)));
        }
        if (full.residentBytes() > 0 && before.residentBytes() > 0) {
            lines.add(line(
                    "resident",
                    "%,d MB before, %,d MB with connections%s",
                    before.residentBytes() >> 20,
                    full.residentBytes() >> 20,
                    each(full.residentBytes() - before.residentBytes(), count)));
        }
    }

    /** What the nodes needed in the hold. */
    private void cpu(List<String> lines) {
        for (Phase phase : progress.phases()) {
            double cores = progress.nodes().cores(phase.from(), phase.to());
            if (phase.name().equals("hold") && !Double.isNaN(cores)) {
                double seconds = cores * phase.seconds();
                double delivered = phase.deliveredEach() * phase.seconds();
                lines.add(line(
                        "node cpu",
                        "%.1f s in %.0f s of the hold%s",
                        seconds,
                        phase.seconds(),
                        delivered == 0 ? "" : text(", %.1f s for a million deliveries", seconds * 1e6 / delivered)));
            }
        }
    }

    private static String each(long bytes, int count) {
        return String.format(Locale.ROOT, ": %.1f KB each", bytes / 1024.0 / count);
    }

    private static String times(String name, String format, Histogram nanos) {
        return line(
                name,
                format,
                nanos.getValueAtPercentile(50) / MILLIS,
                nanos.getValueAtPercentile(99) / MILLIS,
                nanos.getMaxValue() / MILLIS);
    }

    private String latency() {
        Histogram latency = progress.latency();
        return line(
                "latency",
                "p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms, counted from %s",
                latency.getValueAtPercentile(50) / MILLIS,
                latency.getValueAtPercentile(90) / MILLIS,
                latency.getValueAtPercentile(99) / MILLIS,
                latency.getValueAtPercentile(99.9) / MILLIS,
                latency.getMaxValue() / MILLIS,
                options.window > 0 ? "sending, in a closed loop of " + options.window : "when each message was due");
    }

    /** For a browser and a person: without the endpoint's path. */
    static String address(NodeInfo node) {
        return node.endpoint().toString().replaceFirst("ws$", "");
    }

    private static String line(String name, String format, Object... values) {
        return String.format(Locale.ROOT, "%-13s", name) + String.format(Locale.ROOT, format, values);
    }
}
