package io.roomcast.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a node's {@code /metrics} say, in the text format of Prometheus. */
record Exposition(List<Series> series) {
    private static final Pattern LINE =
            Pattern.compile("(?m)^([a-zA-Z_:][\\w:]*)(?:\\{((?:[^\"}]|\"(?:\\\\.|[^\"\\\\])*\")*)})?[ \\t]+(\\S+).*$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:\\\\.|[^\"\\\\])*)\"");

    Exposition {
        series = List.copyOf(series);
    }

    /** One figure. */
    record Series(String name, Map<String, String> labels, double value) {
        Series {
            labels = Map.copyOf(labels);
        }
    }

    /** Lines that are none of a figure are passed over. */
    static Exposition of(String text) {
        List<Series> series = new ArrayList<>();
        for (Matcher line = LINE.matcher(text); line.find(); ) {
            Map<String, String> labels = new TreeMap<>();
            if (line.group(2) != null) {
                for (Matcher label = LABEL.matcher(line.group(2)); label.find(); ) {
                    labels.put(
                            label.group(1),
                            label.group(2)
                                    .replace("\\n", " ")
                                    .replace("\\\"", "\"")
                                    .replace("\\\\", "\\"));
                }
            }
            try {
                series.add(new Series(line.group(1), labels, Double.parseDouble(line.group(3))));
            } catch (NumberFormatException e) {
                // +Inf, which no figure of interest is.
            }
        }
        return new Exposition(series);
    }

    List<Series> named(String name) {
        return series.stream().filter(one -> one.name().equals(name)).toList();
    }

    /** The first figure of this name. */
    OptionalDouble value(String name) {
        return named(name).stream().mapToDouble(Series::value).findFirst();
    }
}
