package io.roomcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.machine.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The diagrams and the recipes of CONTRIBUTING.md name only what exists. */
class ContributingTest {
    private static final Path PAGE = Path.of("CONTRIBUTING.md");
    /** Capitalised words of the diagrams that are no classes. */
    private static final Set<String> OTHERS = Set.of("WebSocket", "Redis", "Tyrus", "Kafka");

    private static final Pattern DIAGRAM = Pattern.compile("(?s)\n```\n(.*?)\n```\n");
    private static final Pattern NAME = Pattern.compile("\\b[A-Z][A-Za-z]*[a-z][A-Za-z]*\\b");
    private static final Pattern QUOTED = Pattern.compile("`([^`\\s]+)`");
    private static final Pattern TYPE =
            Pattern.compile("(?m)^\\s*(?:\\w+ )*(?:class|interface|record|enum) ([A-Z]\\w*)");

    private static final Set<String> CLASSES = new HashSet<>();

    @BeforeAll
    static void readClasses() throws IOException {
        for (String root : new String[] {"src/main/java", "src/test/java"}) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    TYPE.matcher(Files.readString(file)).results().forEach(type -> CLASSES.add(type.group(1)));
                }
            }
        }
    }

    @Test
    void everyClassOfTheDiagramsExists() throws IOException {
        Set<String> unknown = new TreeSet<>();
        Matcher diagram = DIAGRAM.matcher(section("The way of a message"));
        int diagrams = 0;
        while (diagram.find()) {
            diagrams++;
            NAME.matcher(diagram.group(1)).results().map(name -> name.group()).forEach(unknown::add);
        }
        assertEquals(5, diagrams);
        assertTrue(unknown.size() > 40, "names were found");
        unknown.removeAll(CLASSES);
        unknown.removeAll(OTHERS);
        assertEquals(Set.of(), unknown);
    }

    @Test
    void everyClassAndPageOfTheRecipesExists() throws IOException {
        Set<String> unknown = new TreeSet<>();
        QUOTED.matcher(section("Recipes"))
                .results()
                .map(quoted -> quoted.group(1))
                .forEach(name -> {
                    boolean page = name.startsWith("docs/");
                    if (page && !Files.exists(Path.of(name))
                            || name.matches("[A-Z]\\w*[a-z]\\w*") && !CLASSES.contains(name)) {
                        unknown.add(name);
                    }
                });
        assertEquals(Set.of(), unknown);
    }

    @Test
    void everyProgramThatTestsNeedIsNamed() throws IOException {
        String tests = section("Tests");
        Set<Program> missing = Stream.of(Program.values())
                .filter(program -> tests.lines()
                        .noneMatch(line -> line.startsWith("| " + program.title() + " | ")
                                && line.contains(program.packageName() + "`")))
                .collect(Collectors.toSet());
        assertEquals(Set.of(), missing);
    }

    private static String section(String title) throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf("\n## " + title + "\n");
        assertTrue(start >= 0, title);
        int end = page.indexOf("\n## ", start + 1);
        return page.substring(start, end < 0 ? page.length() : end);
    }
}
