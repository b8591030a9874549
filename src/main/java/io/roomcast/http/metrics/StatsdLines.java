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
 * @param hasTags whether labels are written as tags ({@code name:1|c|#key:value}); otherwise labels become parts of the
 *     name
 * @param node the name of the node, which is part of every line, because StatsD adds up the values of nodes that send
 *     the same name
 */
record StatsdLines(boolean hasTags, String node) {
    private static final int DECIMALS = 6;

    /** Returns the lines for a meter. A value that is not finite has no line. Counts are those of one interval. */
    List<String> of(Meter meter) {
        List<String> lines = new ArrayList<>();
        Meter.Id id = meter.getId();
        meter.use(
                gauge -> addGauge(lines, id, "", gauge.value()),
                counter -> addCount(lines, id, "", counter.count()),
                timer -> addTimer(lines, id, timer),
                summary -> {
                    addCount(lines, id, ".count", (double) summary.count());
                    addGauge(lines, id, ".mean", summary.mean());
                },
                longTask -> addGauge(lines, id, ".active", longTask.activeTasks()),
                time -> addGauge(lines, id, "", time.value()),
                function -> addCount(lines, id, "", function.count()),
                function -> addTimer(lines, id, function),
                other -> other.measure().forEach(measured -> addGauge(lines, id, "", measured.getValue())));
        return lines;
    }

    private void addTimer(List<String> lines, Meter.Id id, Timer timer) {
        addCount(lines, id, ".count", (double) timer.count());
        addGauge(lines, id, ".mean", timer.mean(TimeUnit.MILLISECONDS));
        addGauge(lines, id, ".max", timer.max(TimeUnit.MILLISECONDS));
    }

    private void addTimer(List<String> lines, Meter.Id id, FunctionTimer timer) {
        addCount(lines, id, ".count", timer.count());
        addGauge(lines, id, ".mean", timer.mean(TimeUnit.MILLISECONDS));
    }

    private void addCount(List<String> lines, Meter.Id id, String part, double value) {
        if (Double.isFinite(value)) {
            lines.add(line(id, part, number(value), "c"));
        }
    }

    private void addGauge(List<String> lines, Meter.Id id, String part, double value) {
        if (!Double.isFinite(value)) {
            return;
        }
        if (value < 0) {
            // StatsD adds a value with a sign to the gauge. So the gauge is set to 0 first.
            lines.add(line(id, part, "0", "g"));
        }
        lines.add(line(id, part, number(value), "g"));
    }

    private String line(Meter.Id id, String part, String value, String type) {
        StringBuilder name = new StringBuilder(id.getName() + part);
        StringBuilder labels = new StringBuilder("|#node:").append(escaped(node));
        if (!hasTags) {
            name.append(".node.").append(escaped(node));
        }
        for (Tag tag : id.getTags()) {
            if (hasTags) {
                labels.append(',').append(escaped(tag.getKey())).append(':').append(escaped(tag.getValue()));
            } else {
                name.append('.').append(escaped(tag.getKey())).append('.').append(escaped(tag.getValue()));
            }
        }
        return name.toString() + ':' + value + '|' + type + (hasTags ? labels : "");
    }

    /** Replaces each character that may have a meaning in one of the formats by {@code _}. */
    private static String escaped(String text) {
        return text.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value)
                .setScale(DECIMALS, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
