package io.roomcast.load;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.HistogramIterationValue;

/** The report as one file that a browser shows, with nothing to be fetched from elsewhere. */
final class HtmlReport {
    private static final String STYLE =
            "body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
                    + "color:#1d2430;background:#fff}h1{font-size:1.4rem}h2{font-size:1rem;margin:1.6rem 0 .3rem}"
                    + "table{border-collapse:collapse}th{text-align:left;font-weight:600;padding:.15rem 1rem .15rem 0;vertical-align:top}"
                    + "td{padding:.15rem 0}.wrong{color:#b3261e;font-weight:600}.right{color:#146c2e;font-weight:600}"
                    + "svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:#4a5464}code{background:#eef1f5;padding:.1rem .3rem}"
                    + "@media(prefers-color-scheme:dark){body{background:#14181f;color:#dbe2ec}svg text{fill:#9aa7b8}code{background:#232a35}"
                    + ".wrong{color:#ff8a80}.right{color:#7ddc96}}";

    private HtmlReport() {}

    static String of(Report report) {
        List<Progress.Sample> samples = report.progress().samples();
        double[] seconds = samples.stream().mapToDouble(Progress.Sample::at).toArray();
        StringBuilder page = new StringBuilder(32_768);
        page.append(
                        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">")
                .append("<title>Roomcast load test</title><style>")
                .append(STYLE)
                .append("</style><h1>Roomcast load test</h1><p>")
                .append(escaped(Instant.now().toString().substring(0, 19) + " UTC, " + summary(report.options())))
                .append("</p><p class=")
                .append(report.isGood() ? "right>Every delivery was right." : "wrong>Something was wrong; see below.")
                .append("</p><table>");
        for (String line : report.lines()) {
            page.append("<tr><th scope=row>")
                    .append(escaped(line.substring(0, 13).strip()))
                    .append("<td>")
                    .append(escaped(line.substring(13)));
        }
        page.append("</table>");
        plot(
                page,
                new SvgPlot("Connections", "", seconds, "s")
                        .line(
                                "joined",
                                samples.stream()
                                        .mapToDouble(Progress.Sample::joined)
                                        .toArray()));
        plot(
                page,
                new SvgPlot("Deliveries a second", "", seconds, "s")
                        .line(
                                "deliveries",
                                samples.stream()
                                        .mapToDouble(Progress.Sample::delivered)
                                        .toArray()));
        plot(
                page,
                new SvgPlot("Latency by time", "ms", seconds, "s")
                        .line(
                                "p50",
                                samples.stream()
                                        .mapToDouble(Progress.Sample::p50)
                                        .toArray())
                        .line(
                                "p99",
                                samples.stream()
                                        .mapToDouble(Progress.Sample::p99)
                                        .toArray())
                        .line(
                                "max",
                                samples.stream()
                                        .mapToDouble(Progress.Sample::max)
                                        .toArray()));
        plot(page, percentiles(report));
        plot(
                page,
                new SvgPlot("Lost, repeated, out of order or contradicted", "", seconds, "s")
                        .line(
                                "wrong",
                                samples.stream()
                                        .mapToDouble(Progress.Sample::wrong)
                                        .toArray()));
        if (samples.stream().anyMatch(sample -> sample.residentBytes() > 0)) {
            plot(
                    page,
                    new SvgPlot("Resident memory of the nodes", "MB", seconds, "s")
                            .line(
                                    "resident",
                                    samples.stream()
                                            .mapToDouble(sample -> sample.residentBytes() / 1e6)
                                            .toArray()));
        }
        return page.append("</html>\n").toString();
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
