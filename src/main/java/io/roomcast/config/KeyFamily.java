package io.roomcast.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * Keys that differ in one part of their names, which the operator chooses, such as {@code roomcast.roles.<role>}. The
 * part may contain any character, dots too. The form of an environment variable has lost some of them, therefore it
 * names no key of a family.
 *
 * @param pattern the keys as documentation shows them: its name has the part as a word in angle brackets
 * @param part checks the chosen part; throws {@link IllegalArgumentException} whose message is the expected format
 */
public record KeyFamily<T>(Key<T> pattern, Function<String, ?> part) {

    /** The name of the key for one part. */
    public String name(String part) {
        return prefix() + part + suffix();
    }

    /** The part in the name of a key, if the key is one of these. */
    Optional<String> partOf(String name) {
        boolean own = name.length() > prefix().length() + suffix().length()
                && name.startsWith(prefix())
                && name.endsWith(suffix());
        return own
                ? Optional.of(name.substring(prefix().length(), name.length() - suffix().length()))
                : Optional.empty();
    }

    /** What stands before the part, a dot at its end. */
    String prefix() {
        return pattern.name().substring(0, pattern.name().indexOf('<'));
    }

    /** What stands after the part: nothing, or a dot and the rest of the name. */
    String suffix() {
        return pattern.name().substring(pattern.name().indexOf('>') + 1);
    }

    /** The word in angle brackets, with these. */
    String placeholder() {
        return pattern.name().substring(prefix().length(), pattern.name().length() - suffix().length());
    }
}
