package io.roomcast.config;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The values of the keys of families, by family and by the part of the name that the operator chose. */
final class FamilyValues {
    private final List<KeyFamily<?>> families;
    private final Map<KeyFamily<?>, Map<String, Object>> values = new HashMap<>();

    FamilyValues(List<KeyFamily<?>> families) {
        this.families = families;
    }

    /**
     * Reads the values.
     *
     * @param names the names of all configured properties
     * @param problems gets a line for each wrong name or value
     */
    void load(Function<String, Optional<String>> texts, Collection<String> names, List<String> problems) {
        for (String name : new TreeSet<>(names)) {
            if (isEnvironmentForm(name)) {
                problems.add(RoomcastConfig.printable(name) + " cannot be told apart from other names. Where a "
                        + "variable's name may have dots, name it like the key, else set the key in another way");
            }
            of(name).ifPresent(family -> load(family, name, texts, problems));
        }
    }

    private <T> void load(
            KeyFamily<T> family, String name, Function<String, Optional<String>> texts, List<String> problems) {
        String part = family.partOf(name).orElseThrow();
        String text =
                texts.apply(name).map(String::strip).orElse(family.pattern().defaultText());
        try {
            if (part.equals(family.placeholder())) {
                throw new IllegalArgumentException("what stands for " + part + ", without the brackets");
            }
            var unused = family.part().apply(part);
        } catch (IllegalArgumentException e) {
            problems.add(RoomcastConfig.printable(name) + ": " + RoomcastConfig.printable(part) + " is not "
                    + e.getMessage());
            return;
        }
        try {
            values.computeIfAbsent(family, each -> new TreeMap<>())
                    .put(part, family.pattern().parser().apply(text));
        } catch (IllegalArgumentException e) {
            problems.add(RoomcastConfig.printable(name + "=" + text) + " is not " + e.getMessage());
        }
    }

    @SuppressWarnings("unchecked") // put by load() with the family's own parser
    <T> Map<String, T> of(KeyFamily<T> family) {
        return (Map<String, T>) Collections.unmodifiableMap(values.getOrDefault(family, Map.of()));
    }

    /** The value of a key, as the configuration writes it, if the key is configured. */
    Optional<String> text(String name) {
        return of(name).map(family -> family.pattern()
                .textOf(of((KeyFamily<?>) family).get(family.partOf(name).orElseThrow())));
    }

    /** Whether a name belongs to a family, in whichever form. */
    boolean knows(String name) {
        return of(name).isPresent() || isEnvironmentForm(name);
    }

    /** The families that have the prefix of a name, if there are any: what their keys are called. */
    List<String> namesLike(String name) {
        return families.stream()
                .filter(family -> name.startsWith(family.prefix()))
                .map(family -> family.pattern().name())
                .toList();
    }

    /** The family of a key: the one with the longest suffix, if the name fits more than one. */
    private Optional<KeyFamily<?>> of(String name) {
        return families.stream()
                .filter(family -> family.partOf(name).isPresent())
                .max(Comparator.comparingInt(family -> family.suffix().length()));
    }

    /** Whether a name is an environment variable for a key of a family, such as {@code ROOMCAST_ROLES_ADMIN}. */
    private boolean isEnvironmentForm(String name) {
        return families.stream()
                .anyMatch(family -> name.length() > family.prefix().length()
                        && name.startsWith(Key.environmentName(family.prefix())));
    }
}
