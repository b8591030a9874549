package io.roomcast.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Parsers of values. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(B|KiB|MiB|GiB)?");
    private static final Pattern ORIGIN =
            Pattern.compile("same-host|\\*|[a-z][a-z0-9+.-]*://(\\*\\.)?([a-z0-9_.-]+|\\[[0-9a-f:.]+\\])(:\\d{1,5})?");
    private static final Map<String, Duration> DURATION_UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));
    private static final Map<String, Long> SIZE_UNITS =
            Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    static final Function<String, String> HOST = matching("[A-Za-z0-9_.:%-]+", "an address or a host name");

    private Values() {}

    /** A list of origins, in lower case as browsers send them. */
    static List<String> origins(String text) {
        List<String> origins = Stream.of(text.toLowerCase(Locale.ROOT).split(","))
                .map(String::strip)
                .toList();
        if (!origins.stream().allMatch(origin -> ORIGIN.matcher(origin).matches())) {
            throw new IllegalArgumentException(
                    "same-host, * or a list of origins such as https://chat.example, without a path");
        }
        return origins;
    }

    /** A duration: 0, or a whole number with a unit. */
    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a duration such as 500ms, 10s, 5m or 1h");
        }
        try {
            Duration duration = DURATION_UNITS.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1)));
            if (duration.compareTo(Duration.ofDays(3650)) <= 0) {
                return duration;
            }
        } catch (ArithmeticException e) {
            // The duration is out of range, as the exception below says.
        }
        throw new IllegalArgumentException("a duration of at most 3650d");
    }

    static Function<String, Duration> durationBetween(String least, String most) {
        return text -> {
            Duration value = duration(text);
            if (value.compareTo(duration(least)) < 0 || value.compareTo(duration(most)) > 0) {
                throw new IllegalArgumentException("a duration from " + least + " to " + most);
            }
            return value;
        };
    }

    static long size(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a size such as 512B, 64KiB or 1MiB");
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        long value = Long.parseLong(matcher.group(1));
        if (value > Long.MAX_VALUE / SIZE_UNITS.get(unit)) {
            throw new IllegalArgumentException("a size that fits into 63 bits");
        }
        return value * SIZE_UNITS.get(unit);
    }

    /** @param zeroMeansNoLimit whether 0 is also allowed, and means no limit */
    static Function<String, Long> sizeBetween(String least, String most, boolean zeroMeansNoLimit) {
        return text -> {
            long value = size(text);
            if ((value < size(least) || value > size(most)) && !(zeroMeansNoLimit && value == 0)) {
                throw new IllegalArgumentException(
                        "a size from " + least + " to " + most + (zeroMeansNoLimit ? ", or 0 for no limit" : ""));
            }
            return value;
        };
    }

    static Function<String, Integer> integerBetween(int least, int most) {
        return text -> {
            try {
                int value = Integer.parseInt(text);
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Falls through to the same error as for a number out of range.
            }
            throw new IllegalArgumentException("a whole number from " + least + " to " + most);
        };
    }

    static Function<String, String> matching(String pattern, String expected) {
        return text -> {
            if (!text.matches(pattern)) {
                throw new IllegalArgumentException(expected);
            }
            return text;
        };
    }

    /** A size in the largest unit that leaves a whole number. */
    static String sizeText(long bytes) {
        String unit = bytes == 0 || bytes % (1L << 10) != 0
                ? "B"
                : bytes % (1L << 20) != 0 ? "KiB" : bytes % (1L << 30) != 0 ? "MiB" : "GiB";
        return bytes / SIZE_UNITS.get(unit) + (bytes == 0 ? "" : unit);
    }

    /** A duration in seconds, or in milliseconds if it is not a whole number of seconds. */
    static String durationText(long millis) {
        return millis == 0 ? "0" : millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    /** A list, separated by commas. */
    static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    static Function<String, String> oneOf(String... allowed) {
        return text -> {
            String value = text.toLowerCase(Locale.ROOT);
            for (String candidate : allowed) {
                if (candidate.equals(value)) {
                    return value;
                }
            }
            throw new IllegalArgumentException(
                    "one of " + String.join(", ", allowed).replaceFirst("^, ", ""));
        };
    }
}
