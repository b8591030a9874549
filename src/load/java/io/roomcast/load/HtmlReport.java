package io.roomcast.load;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.HdrHistogram.HistogramIterationValue;

/** The report as one file that a browser shows, with nothing to be fetched from elsewhere. */
final class HtmlReport {
    /** Lines that a plot can have and still be read. */
    private static final int MOST_REASONS = 6;

    private static final String STYLE =
            "body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
                    + "color:#1d2430;background:#fff}h1{font-size:1.4rem}h2{font-size:1rem;margin:1.6rem 0 .3rem}"
                    + "table{border-collapse:collapse}th{text-align:left;font-weight:600;padding:.15rem 1rem .15rem 0;vertical-align:top}"
                    + "td{padding:.15rem 0}.numbers td,.numbers th{padding:.15rem .8rem .15rem 0;text-align:right}.numbers th:first-child{text-align:left;white-space:nowrap}"
                    + ".wide{overflow-x:auto}.wrong{color:#b3261e;font-weight:600}.right{color:#146c2e;font-weight:600}"
                    + "svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:#4a5464}code{background:#eef1f5;padding:.1rem .3rem}"
                    + "@media(prefers-color-scheme:dark){body{background:#14181f;color:#dbe2ec}svg text{fill:#9aa7b8}code{background:#232a35}"
                    + ".wrong{color:#ff8a80}.right{color:#7ddc96}}";

    private HtmlReport() {}

    static String of(Report report) {
        List<Progress.Sample> samples = report.progress().samples();
        StringBuilder page = new StringBuilder(32_768);
        page.append(
                        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">")
                .append("<title>Roomcast load test</title><style>")
                .append(STYLE)
                .append("</style><h1>Roomcast load test</h1><p>")
                .append(escaped(Instant.now().toString().substring(0, 19) + " UTC, " + summary(report.options())))
                .append("</p><p class=")
                .append(verdict(report))
                .append("</p><table>");
        for (String line : report.lines()) {
            page.append("<tr><th scope=row>")
                    .append(escaped(line.substring(0, 13).strip()))
                    .append("<td>")
                    .append(escaped(line.substring(13)));
        }
        page.append("</table>");
        phases(page, report);
        plot(page, over(report, "Connections", "").line("joined", values(samples, Progress.Sample::joined)));
        plot(
                page,
                over(report, "Deliveries a second", "")
                        .line("deliveries", values(samples, Progress.Sample::delivered)));
        plot(
                page,
                over(report, "Latency by time", "ms")
                        .line("p50", values(samples, Progress.Sample::p50))
                        .line("p99", values(samples, Progress.Sample::p99))
                        .line("max", values(samples, Progress.Sample::max)));
        plot(page, percentiles(report));
        plot(page, cpu(report));
        plot(page, refusals(report));
        plot(
                page,
                over(report, "Lost, repeated, out of order or contradicted", "")
                        .line("wrong", values(samples, Progress.Sample::wrong)));
        if (samples.stream().anyMatch(sample -> sample.residentBytes() > 0)) {
            plot(
                    page,
                    over(report, "Resident memory of the nodes", "MB")
                            .line("resident", values(samples, sample -> sample.residentBytes() / 1e6)));
        }
        report.nodes().forEach(node -> limits(page, node));
        return page.append("</html>\n").toString();
    }

    private static String verdict(Report report) {
        List<String> problems = report.problems();
        String remarks = report.remarks().stream().map(remark -> " " + remark).collect(Collectors.joining());
        return problems.isEmpty()
                ? "right>"
                        + (report.tally().delivered.sum() == 0 ? "No connection failed." : "Every delivery was right.")
                        + escaped(remarks)
                : "wrong>Something was wrong. " + escaped(String.join(" ", problems) + remarks);
    }

    private static double[] values(List<Progress.Sample> samples, ToDoubleFunction<Progress.Sample> value) {
        return samples.stream().mapToDouble(value).toArray();
    }

    /** A plot over the time of the run. */
    private static SvgPlot over(Report report, String title, String unit) {
        double[] seconds = values(report.progress().samples(), Progress.Sample::at);
        return new SvgPlot(title, unit, seconds, "s").phases(report.progress().phases());
    }

    private static SvgPlot cpu(Report report) {
        List<Progress.Sample> samples = report.progress().samples();
        double[] node = new double[samples.size()];
        double[] tester = new double[samples.size()];
        double before = 0;
        for (int i = 0; i < node.length; i++) {
            double at = samples.get(i).at();
            node[i] = report.progress().nodes().cores(before, at);
            tester[i] = report.progress().tester().cores(before, at);
            before = at;
        }
        SvgPlot plot = over(report, "CPU", "cores");
        return (report.progress().nodes().isKnown() ? plot.line("nodes", node) : plot).line("tester", tester);
    }

    /** By reason, the most frequent first; what has no line of its own is in the last. */
    private static SvgPlot refusals(Report report) {
        List<Progress.Sample> samples = report.progress().samples();
        List<String> reasons = report.tally().refusalsAndEnds().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .toList();
        SvgPlot plot = over(report, "Refused requests and ended connections a second, by reason", "");
        int own = reasons.size() <= MOST_REASONS ? reasons.size() : MOST_REASONS - 1;
        for (String reason : reasons.subList(0, own)) {
            plot.line(reason, each(samples, List.of(reason)));
        }
        if (own < reasons.size()) {
            plot.line("others", each(samples, reasons.subList(own, reasons.size())));
        }
        return reasons.isEmpty() ? plot.line("none", new double[samples.size()]) : plot;
    }

    private static double[] each(List<Progress.Sample> samples, List<String> reasons) {
        double[] each = new double[samples.size()];
        double lastAt = 0;
        long last = 0;
        for (int i = 0; i < each.length; i++) {
            Progress.Sample sample = samples.get(i);
            long now = reasons.stream()
                    .mapToLong(reason -> sample.refused().getOrDefault(reason, 0L))
                    .sum();
            each[i] = (now - last) / Math.max(sample.at() - lastAt, 1e-3);
            last = now;
            lastAt = sample.at();
        }
        return each;
    }

    private static void phases(StringBuilder page, Report report) {
        page.append("<h2>Phases</h2><div class=wide><table class=numbers><tr>");
        PhaseTable.HEAD.forEach(name -> page.append("<th scope=col>").append(escaped(name)));
        List<Phase> phases = report.progress().phases();
        List<List<String>> rows = PhaseTable.rows(report.progress());
        for (int i = 0; i < rows.size(); i++) {
            List<String> row = rows.get(i);
            page.append("<tr><th scope=row>").append(escaped(row.get(0)));
            row.stream().skip(1).forEach(cell -> page.append("<td>").append(escaped(cell)));
            String reasons = phases.get(i).refusals().entrySet().stream()
                    .map(reason -> reason.getValue() + " " + reason.getKey())
                    .collect(Collectors.joining(", "));
            page.append(reasons.isEmpty() ? "" : ": " + escaped(reasons));
        }
        page.append("</table></div>");
    }

    private static void limits(StringBuilder page, NodeInfo node) {
        if (node.limits().isEmpty()) {
            return;
        }
        page.append("<details><summary>Limits of ")
                .append(escaped(Report.address(node)))
                .append("</summary><p>");
        node.limitWords()
                .forEach(limit -> page.append("<code>").append(escaped(limit)).append("</code> "));
        page.append("</p></details>");
    }

    private static String summary(LoadOptions options) {
        return String.format(
                Locale.ROOT,
                "%s: %,d connections over %,d rooms with %d publishing in each, %s of %d bytes",
                String.join(", ", options.uris),
                options.connections,
                options.rooms,
                options.publishers,
                options.window > 0
                        ? "closed loop with " + options.window + " messages in flight"
                        : String.format(Locale.ROOT, "%,.0f messages a second", options.rate),
                options.size);
    }

    /** Latency over the share of deliveries that were slower, by powers of ten. */
    private static SvgPlot percentiles(Report report) {
        List<Double> nines = new ArrayList<>();
        List<Double> millis = new ArrayList<>();
        for (HistogramIterationValue value : report.progress().latency().percentiles(10)) {
            double slower = 1 - value.getPercentileLevelIteratedTo() / 100;
            if (slower > 0) {
                nines.add(-Math.log10(slower));
                millis.add(value.getValueIteratedTo() / 1e6);
            }
        }
        return new SvgPlot(
                        "Latency by share of deliveries (1: 90 %, 2: 99 %, 3: 99.9 %)",
                        "ms", nines.stream().mapToDouble(Double::doubleValue).toArray(), "")
                .line(
                        "latency",
                        millis.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static void plot(StringBuilder page, SvgPlot plot) {
        page.append("<h2>").append(escaped(plot.title())).append("</h2>").append(plot.svg());
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
