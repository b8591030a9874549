package io.roomcast.config;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;

/**
 * One configuration key.
 *
 * @param name for example {@code roomcast.history.age}
 * @param defaultText the value if nothing is configured
 * @param kind the kind of value that --help shows, for example {@code duration}
 * @param doc what the key does, in whole sentences with values in backticks: for --help, and for the table of
 *     {@code docs/configuration.md}
 * @param parser throws {@link IllegalArgumentException} whose message is the expected format
 * @param secret whether the value must never be shown
 */
public record Key<T>(
        String name, String defaultText, String kind, String doc, Function<String, T> parser, boolean secret) {

    Key(String name, String defaultText, String kind, String doc, Function<String, T> parser) {
        this(name, defaultText, kind, doc, parser, false);
    }

    Key<T> asSecret() {
        return new Key<>(name, defaultText, kind, doc, parser, true);
    }

    /**
     * A value as the configuration writes it, with its unit.
     *
     * @param value a count, bytes or milliseconds, as {@link #kind} says
     */
    public String text(long value) {
        return switch (kind) {
            case "size" -> Values.sizeText(value);
            case "duration" -> Values.durationText(value);
            default -> Long.toString(value);
        };
    }

    /** A value of this key as the configuration writes it. */
    public String textOf(Object value) {
        return value instanceof Duration duration
                ? text(duration.toMillis())
                : value instanceof Number number ? text(number.longValue()) : String.valueOf(value);
    }

    /** The environment variable that sets the key, for example {@code ROOMCAST_HISTORY_AGE}. */
    public String environmentName() {
        return environmentName(name);
    }

    /** The name by which MicroProfile Config finds a key in the environment. */
    static String environmentName(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
