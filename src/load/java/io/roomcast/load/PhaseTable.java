package io.roomcast.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** The phases of a run as a table of words. */
final class PhaseTable {
    static final List<String> HEAD = List.of(
            "phase",
            "from s",
            "to s",
            "connected",
            "published/s",
            "deliveries/s",
            "p50 ms",
            "p99 ms",
            "max ms",
            "node cores",
            "tester cores",
            "refused or ended");

    private PhaseTable() {}

    /** One row for each phase, with a cell for each column. */
    static List<List<String>> rows(Progress progress) {
        List<List<String>> rows = new ArrayList<>();
        for (Phase phase : progress.phases()) {
            Histogram latency = phase.latency();
            boolean none = latency.getTotalCount() == 0;
            rows.add(List.of(
                    phase.name(),
                    number("%.1f", phase.from()),
                    number("%.1f", phase.to()),
                    number("%,d", phase.joined()),
                    number("%,.0f", phase.publishedEach()),
                    number("%,.0f", phase.deliveredEach()),
                    none ? "–" : millis(latency.getValueAtPercentile(50)),
                    none ? "–" : millis(latency.getValueAtPercentile(99)),
                    none ? "–" : millis(latency.getMaxValue()),
                    cores(progress.nodes().cores(phase.from(), phase.to())),
                    cores(progress.tester().cores(phase.from(), phase.to())),
                    number("%,d", Tally.sum(phase.refusals()))));
        }
        return rows;
    }

    /** For a terminal: columns of equal width. */
    static List<String> lines(Progress progress) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        rows.addAll(rows(progress));
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(160);
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = rows.stream()
                        .mapToInt(one -> one.get(column).length())
                        .max()
                        .orElse(0);
                String padding = " ".repeat(width - row.get(i).length());
                line.append(i == 0 ? row.get(i) + padding : "  " + padding + row.get(i));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static String cores(double cores) {
        return Double.isNaN(cores) ? "–" : number("%.2f", cores);
    }

    private static String millis(long nanos) {
        return number("%.2f", nanos / 1e6);
    }

    private static String number(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}
