package io.roomcast.load;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lines over a common axis, drawn as SVG. */
final class SvgPlot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 220;
    private static final int LEFT = 70;
    private static final int RIGHT = 150;
    private static final int TOP = 24;
    /** Of the font, for a letter; and what fits beside the plot. */
    private static final int LETTER = 7;

    private static final int LONGEST_NAME = 20;
    private static final int BOTTOM = 24;
    private static final int MARKS = 4;
    /** Told apart by people who see colours differently. */
    private static final String[] COLOURS = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56a4d9"};

    private final String title;
    private final String unit;
    private final double[] across;
    private final String acrossUnit;
    private final Map<String, double[]> lines = new LinkedHashMap<>();
    private List<Phase> phases = List.of();

    /** @param across where the points of all lines are, in {@code acrossUnit} */
    SvgPlot(String title, String unit, double[] across, String acrossUnit) {
        this.title = title;
        this.unit = unit;
        this.across = across;
        this.acrossUnit = acrossUnit;
    }

    String title() {
        return title;
    }

    /** Where a value is NaN, nothing is known. */
    SvgPlot line(String name, double[] values) {
        lines.put(name, values);
        return this;
    }

    /** Marks where each phase begins. */
    SvgPlot phases(List<Phase> marked) {
        phases = marked;
        return this;
    }

    String svg() {
        double highest = lines.values().stream()
                .flatMapToDouble(Arrays::stream)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
        double top = round(highest);
        double last = across.length == 0 ? 1 : Math.max(across[across.length - 1], 1e-9);
        StringBuilder svg = new StringBuilder(4_096);
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=img aria-label=\"%s, highest %s\">",
                WIDTH,
                HEIGHT,
                HtmlReport.escaped(title),
                number(highest)));
        for (int i = 0; i <= MARKS; i++) {
            double y = y(top * i / MARKS, top);
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%d %.1fH%d\" stroke=\"#8a94a3\" stroke-opacity=\".35\"/><text x=%d y=%.1f text-anchor=end>%s</text>",
                    LEFT,
                    y,
                    WIDTH - RIGHT,
                    LEFT - 6,
                    y + 4,
                    number(top * i / MARKS) + (i == MARKS ? " " + unit : "")));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=%.1f y=%d text-anchor=middle>%s</text>",
                    x(last * i / MARKS, last),
                    HEIGHT - 6,
                    number(last * i / MARKS) + (i == MARKS ? " " + acrossUnit : "")));
        }
        phases.forEach(phase -> mark(svg, phase, last));
        int colour = 0;
        for (Map.Entry<String, double[]> line : lines.entrySet()) {
            draw(svg, line.getKey(), line.getValue(), top, last, COLOURS[colour++ % COLOURS.length], colour);
        }
        return svg.append("</svg>").toString();
    }

    /** A line, and the name where there is room until the phase ends. */
    private static void mark(StringBuilder svg, Phase phase, double last) {
        double from = x(phase.from(), last);
        double room = x(phase.to(), last) - from;
        svg.append(String.format(
                Locale.ROOT,
                "<path d=\"M%.1f %dV%d\" stroke=\"#8a94a3\" stroke-dasharray=\"3 3\"><title>%s</title></path>",
                from,
                TOP - 10,
                HEIGHT - BOTTOM,
                HtmlReport.escaped(phase.name())));
        if (room >= phase.name().length() * LETTER) {
            svg.append(String.format(
                    Locale.ROOT, "<text x=%.1f y=%d>%s</text>", from + 3, TOP - 10, HtmlReport.escaped(phase.name())));
        }
    }

    private void draw(
            StringBuilder svg, String name, double[] values, double top, double last, String colour, int order) {
        svg.append("<polyline fill=none stroke-width=1.6 stroke=\"")
                .append(colour)
                .append("\" points=\"");
        for (int i = 0; i < values.length; i++) {
            if (!Double.isNaN(values[i])) {
                svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(across[i], last), y(values[i], top)));
            }
        }
        svg.append(String.format(
                Locale.ROOT,
                "\"/><text x=%d y=%d style=\"fill:%s\">%s<title>%s</title></text>",
                WIDTH - RIGHT + 6,
                TOP + 14 * order,
                colour,
                HtmlReport.escaped(name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…"),
                HtmlReport.escaped(name)));
    }

    private static double x(double value, double last) {
        return LEFT + value / last * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
    }

    /** The next of 1, 2, 5, 10, 20 … */
    private static double round(double highest) {
        if (highest <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(highest)));
        for (double step : new double[] {1, 2, 5, 10}) {
            if (highest <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value) {
        return value == Math.rint(value) || value >= 100
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, value < 1 ? "%.2f" : "%.1f", value);
    }
}
