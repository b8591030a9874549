package io.roomcast.config;

import java.util.Locale;
import java.util.function.Function;

/**
 * One configuration key.
 *
 * @param name for example {@code roomcast.history.age}
 * @param defaultText what stands where nothing is configured
 * @param kind what a value looks like, for people
 * @param doc what it is for, in one sentence
 * @param parser throws {@link IllegalArgumentException} saying what is expected
 * @param secret whether its value must not be shown to anybody
 */
public record Key<T>(
        String name, String defaultText, String kind, String doc, Function<String, T> parser, boolean secret) {

    Key(String name, String defaultText, String kind, String doc, Function<String, T> parser) {
        this(name, defaultText, kind, doc, parser, false);
    }

    Key<T> asSecret() {
        return new Key<>(name, defaultText, kind, doc, parser, true);
    }

    /** The environment variable that sets the key, for example {@code ROOMCAST_HISTORY_AGE}. */
    public String environmentName() {
        return environmentName(name);
    }

    /** The form in which MicroProfile Config looks for a key in the environment. */
    static String environmentName(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
