package io.roomcast.load;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a node says that it is, and how much it takes.
 *
 * @param limits by name, as in {@code roomcast_limit}; empty where the node does not tell
 */
record NodeInfo(URI endpoint, String build, SortedMap<String, Double> limits) {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    static NodeInfo of(URI endpoint, Exposition figures) {
        String build = figures.named("roomcast_build_info").stream()
                .map(Exposition.Series::labels)
                .map(labels -> "Roomcast " + labels.getOrDefault("version", "?") + " on "
                        + labels.getOrDefault("server", "?") + ", Java " + labels.getOrDefault("java", "?"))
                .findFirst()
                .orElse("does not say its version");
        SortedMap<String, Double> limits = new TreeMap<>();
        for (Exposition.Series limit : figures.named("roomcast_limit")) {
            limits.put(limit.labels().getOrDefault("limit", "?"), limit.value());
        }
        return new NodeInfo(endpoint, build, limits);
    }

    static NodeInfo silent(URI endpoint, String why) {
        return new NodeInfo(endpoint, "/metrics cannot be read (" + why + ")", new TreeMap<>());
    }

    /** As an operator configures them. */
    List<String> limitWords() {
        List<String> words = new ArrayList<>();
        for (Map.Entry<String, Double> limit : limits.entrySet()) {
            words.add(limit.getKey() + "=" + value(limit.getKey(), limit.getValue()));
        }
        return words;
    }

    private static String value(String name, double value) {
        if (value == 0) {
            return "none";
        }
        if (name.endsWith("bytes") || name.equals("recovery-rate")) {
            long bytes = (long) value;
            return bytes % MIB == 0 ? bytes / MIB + "MiB" : bytes % KIB == 0 ? bytes / KIB + "KiB" : bytes + "B";
        }
        String number = value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3f", value).replaceFirst("0+$", "");
        return number + (name.endsWith("age") || name.endsWith("lag") || name.endsWith("timeout") ? "s" : "");
    }
}
