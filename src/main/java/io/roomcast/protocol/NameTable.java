package io.roomcast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A set of code points that the rules for names and ids need. The sets come from the file {@code names.txt} and not
 * from the JDK, because all nodes and pages must apply the same rule, and JDKs and browsers know different versions of
 * Unicode.
 */
final class NameTable {
    private static final Map<String, int[]> SETS = read();

    /** The letters, digits and marks that names may have. */
    static final NameTable ALLOWED = new NameTable("letters");

    /** The punctuation, symbols and other numbers that ids may also have. */
    static final NameTable SIGNS = new NameTable("signs");

    static final NameTable NONSPACING = new NameTable("nonspacing");
    static final NameTable SPACING = new NameTable("spacing");
    static final NameTable VIRAMA = new NameTable("virama");
    static final NameTable JOINS_NEXT = new NameTable("joins-next");
    static final NameTable JOINS_PREVIOUS = new NameTable("joins-previous");

    private static final String LOOKALIKE_PREFIX = "like-";
    private static final List<Map.Entry<String, NameTable>> LOOKALIKES = SETS.keySet().stream()
            .filter(name -> name.startsWith(LOOKALIKE_PREFIX))
            .map(name -> Map.entry(name.substring(LOOKALIKE_PREFIX.length()), new NameTable(name)))
            .toList();

    /** The first and the last code point of each range, in ascending order. */
    private final int[] bounds;

    private NameTable(String name) {
        bounds = SETS.get(name);
    }

    boolean contains(int c) {
        int low = 0;
        int high = bounds.length / 2;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (bounds[2 * middle + 1] < c) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return 2 * low < bounds.length && bounds[2 * low] <= c;
    }

    /**
     * The skeleton of a code point: the letters of the name {@code system} that it looks like, or the code point itself
     * if it looks like none of them.
     */
    static String skeleton(int c) {
        return LOOKALIKES.stream()
                .filter(like -> like.getValue().contains(c))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> Character.toString(c));
    }

    private static Map<String, int[]> read() {
        try (InputStream file = NameTable.class.getResourceAsStream("names.txt")) {
            Map<String, int[]> sets = new HashMap<>();
            new String(file.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> new ArrayList<>(List.of(line.split(" "))))
                    .forEach(words -> sets.put(words.remove(0), ranges(words)));
            return sets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] ranges(List<String> words) {
        return words.stream()
                .flatMap(word -> word.contains("-") ? Stream.of(word.split("-")) : Stream.of(word, word))
                .mapToInt(hex -> Integer.parseInt(hex, 16))
                .toArray();
    }
}
