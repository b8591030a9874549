package io.roomcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.roomcast.config.Key;
import io.roomcast.config.KeyFamily;
import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.ScrapedMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of keys and of metrics in {@code docs} are those of the code, which has their texts. */
class HandbookTest {
    private static final String WRITE = "handbook.write";

    /**
     * Stands above a table of keys, and says which, without {@code roomcast.} in front: the keys with these names, and
     * those whose names begin with one of them and a dot.
     */
    private static final Pattern KEYS = Pattern.compile("<!-- keys: (.*) -->");

    /** Stands above the table of metrics. */
    private static final Pattern SERIES = Pattern.compile("<!-- series -->");

    @Test
    void theTablesOfKeysAreAsTheCodeSays() throws IOException {
        List<String> told = new ArrayList<>();
        Function<MatchResult, List<String>> table = marker -> {
            List<String> rows = new ArrayList<>(List.of("| key | default | what it is |", "|---|---|---|"));
            all().filter(key -> isOneOf(key, marker.group(1))).forEach(key -> {
                told.add(key.name());
                rows.add(row(key));
            });
            return rows;
        };
        try (Stream<Path> files = Files.list(Path.of("docs"))) {
            for (Path page : files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                check(page, KEYS, table);
            }
        }
        assertEquals(
                all().map(Key::name).sorted().toList(),
                told.stream().sorted().toList(),
                "each key in one table of docs, by the comment above the table");
    }

    @Test
    void theTableOfMetricsIsAsTheCodeSays() throws IOException {
        List<String> rows = new ArrayList<>(List.of("| metric | kind | labels | what it is |", "|---|---|---|---|"));
        try (EmbeddedServer server = EmbeddedServer.start()) {
            ScrapedMetrics.families(server.uri()).stream()
                    .filter(family -> family.name().startsWith("roomcast_"))
                    .forEach(family -> rows.add(row(family)));
        }
        check(Path.of("docs/monitoring.md"), SERIES, marker -> rows);
    }

    private static Stream<Key<?>> all() {
        return Stream.concat(Keys.ALL.stream(), Keys.FAMILIES.stream().map(KeyFamily::pattern));
    }

    private static boolean isOneOf(Key<?> key, String names) {
        return Stream.of(names.split(" ")).anyMatch(name -> (key.name() + ".").startsWith("roomcast." + name + "."));
    }

    private static String row(Key<?> key) {
        boolean changes = Stream.of(LimitKeys.NUMBERS, LimitKeys.SIZES, LimitKeys.DURATIONS)
                .anyMatch(limits -> limits.contains(key));
        String value = key.defaultText().isEmpty() ? "empty" : "`" + key.defaultText() + "`";
        return "| `" + key.name() + "`" + (changes ? " *" : "") + " | " + value + " | " + key.doc() + " |";
    }

    private static String row(ScrapedMetrics.Family family) {
        List<String> labels = new ArrayList<>();
        // What runs differs from machine to machine.
        boolean told = !family.name().endsWith("_info");
        family.labels().forEach((label, values) -> labels.add("`" + label + "`" + (told ? few(values) : "")));
        return Stream.of("| `" + family.name() + "`", family.kind(), String.join(", ", labels), family.help() + " |")
                .collect(Collectors.joining(" | "))
                .replace("|  |", "| |");
    }

    /** Many values, such as all error codes, are told elsewhere. */
    private static String few(Set<String> values) {
        return values.size() > 6 ? "" : ": `" + String.join("`, `", values) + "`";
    }

    /** Compares the tables below such a marker with what they should be, or writes them. */
    private static void check(Path page, Pattern marker, Function<MatchResult, List<String>> table) throws IOException {
        List<String> lines = Files.readAllLines(page);
        List<String> right = new ArrayList<>();
        boolean old = false;
        for (String line : lines) {
            old = old && line.startsWith("|");
            if (!old) {
                right.add(line);
            }
            Matcher found = marker.matcher(line);
            if (found.matches()) {
                right.addAll(table.apply(found));
                old = true;
            }
        }
        if (Boolean.getBoolean(WRITE)) {
            Files.write(page, right);
        } else if (!right.equals(lines)) {
            fail(page + " is older than the code; this writes its tables: mvn test -Dtest=HandbookTest -D" + WRITE);
        }
    }
}
