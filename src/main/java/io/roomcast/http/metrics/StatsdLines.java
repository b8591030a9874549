package io.roomcast.http.metrics;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Writes the values of a meter for one interval in the format of StatsD.
 *
 * @param tags whether labels are written as tags ({@code name:1|c|#key:value}); otherwise they become parts of the name
 * @param node the name of the node, which is part of every line, because StatsD adds up the values of nodes that send
 *     the same name
 */
record StatsdLines(boolean tags, String node) {
    private static final int DECIMALS = 6;

    /** Returns the lines for a meter. A value that is not finite has no line. Counts are those of the interval. */
    List<String> of(Meter meter) {
        List<String> lines = new ArrayList<>();
        Meter.Id id = meter.getId();
        meter.use(
                gauge -> gauge(lines, id, "", gauge.value()),
                counter -> count(lines, id, "", counter.count()),
                timer -> timer(lines, id, timer),
                summary -> {
                    count(lines, id, ".count", (double) summary.count());
                    gauge(lines, id, ".mean", summary.mean());
                },
                longTask -> gauge(lines, id, ".active", longTask.activeTasks()),
                time -> gauge(lines, id, "", time.value()),
                function -> count(lines, id, "", function.count()),
                function -> timer(lines, id, function),
                other -> other.measure().forEach(measured -> gauge(lines, id, "", measured.getValue())));
        return lines;
    }

    private void timer(List<String> lines, Meter.Id id, Timer timer) {
        count(lines, id, ".count", (double) timer.count());
        gauge(lines, id, ".mean", timer.mean(TimeUnit.MILLISECONDS));
        gauge(lines, id, ".max", timer.max(TimeUnit.MILLISECONDS));
    }

    private void timer(List<String> lines, Meter.Id id, FunctionTimer timer) {
        count(lines, id, ".count", timer.count());
        gauge(lines, id, ".mean", timer.mean(TimeUnit.MILLISECONDS));
    }

    private void count(List<String> lines, Meter.Id id, String part, double value) {
        if (Double.isFinite(value)) {
            lines.add(line(id, part, number(value), "c"));
        }
    }

    private void gauge(List<String> lines, Meter.Id id, String part, double value) {
        if (!Double.isFinite(value)) {
            return;
        }
        if (value < 0) {
            // StatsD would add a value with a sign to the gauge. So the gauge is set to 0 first.
            lines.add(line(id, part, "0", "g"));
        }
        lines.add(line(id, part, number(value), "g"));
    }

    private String line(Meter.Id id, String part, String value, String type) {
        StringBuilder name = new StringBuilder(id.getName() + part);
        StringBuilder labels = new StringBuilder("|#node:").append(word(node));
        if (!tags) {
            name.append(".node.").append(word(node));
        }
        for (Tag tag : id.getTags()) {
            if (tags) {
                labels.append(',').append(word(tag.getKey())).append(':').append(word(tag.getValue()));
            } else {
                name.append('.').append(word(tag.getKey())).append('.').append(word(tag.getValue()));
            }
        }
        return name.toString() + ':' + value + '|' + type + (tags ? labels : "");
    }

    /** Replaces each character that may have a meaning in one of the formats by {@code _}. */
    private static String word(String text) {
        return text.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value)
                .setScale(DECIMALS, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
