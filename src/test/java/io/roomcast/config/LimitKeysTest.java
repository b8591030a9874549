package io.roomcast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LimitKeysTest {

    /** A key in none of the lists would throw at its first use. */
    @Test
    void everyLimitIsInOneOfTheLists() {
        List<String> listed = Stream.<List<? extends Key<?>>>of(LimitKeys.NUMBERS, LimitKeys.SIZES, LimitKeys.DURATIONS)
                .flatMap(List::stream)
                .map(Key::name)
                .toList();
        Set<String> defined = Arrays.stream(LimitKeys.class.getFields())
                .filter(field -> field.getType() == Key.class)
                .map(LimitKeysTest::nameOf)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(defined, new TreeSet<>(listed));
        assertEquals(defined.size(), listed.size(), "listed twice");
        assertTrue(listed.containsAll(LimitKeys.REFUSING.stream().map(Key::name).toList()));
    }

    /** The metric of reached limits would miss a limit that stands in neither list. */
    @Test
    void everyLimitIsKnownToRefuseOrNot() {
        List<Key<?>> slow = List.of(LimitKeys.OUTBOUND_BYTES, LimitKeys.OUTBOUND_AGE, LimitKeys.RECOVERY_RATE);
        Stream.<List<? extends Key<?>>>of(LimitKeys.NUMBERS, LimitKeys.SIZES, LimitKeys.DURATIONS)
                .flatMap(List::stream)
                .forEach(key -> assertTrue(LimitKeys.REFUSING.contains(key) != slow.contains(key), key.name()));
    }

    private static String nameOf(Field key) {
        try {
            return ((Key<?>) key.get(null)).name();
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
