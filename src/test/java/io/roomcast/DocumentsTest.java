package io.roomcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The documents lead where they say, list their contents, and can be read in a terminal and in a diff; so can the files
 * of the UI.
 */
class DocumentsTest {
    private static final int COLUMNS = 120;

    /** Pages that answer questions: each begins with the list of its chapters. */
    private static final List<String> WITH_CONTENTS = List.of(
            "docs/api.md",
            "docs/client.md",
            "docs/configuration.md",
            "docs/glossary.md",
            "docs/monitoring.md",
            "docs/payara.md",
            "docs/performance.md",
            "docs/protocol.md",
            "docs/redis.md",
            "docs/relays.md",
            "docs/runbook.md",
            "docs/security.md",
            "docs/servers.md",
            "docs/upgrades.md",
            "docs/wildfly.md",
            "docker/README.md");

    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            for (String link : links(document)) {
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty()
                        ? document
                        : document.resolveSibling(parts[0]).normalize();
                if (!link.startsWith("http")
                        && (!Files.exists(target)
                                || parts.length > 1 && !anchors(target).contains(parts[1]))) {
                    broken.add(document + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void everyChapterIsInTheListOfContents() throws IOException {
        List<String> missing = new ArrayList<>();
        for (String document : WITH_CONTENTS) {
            List<String> links = links(Path.of(document));
            prose(Path.of(document)).stream()
                    .filter(line -> line.startsWith("## "))
                    .filter(chapter -> !links.contains("#" + anchor(chapter)))
                    .forEach(chapter -> missing.add(document + ": " + chapter));
        }
        assertEquals(List.of(), missing);
    }

    /** Tables and commands may be longer. */
    @Test
    void linesAreShort() throws IOException {
        List<String> longer = new ArrayList<>();
        for (Path document : documents()) {
            prose(document).stream()
                    .filter(line -> line.length() > COLUMNS && !line.strip().startsWith("|"))
                    .forEach(line -> longer.add(document + ": " + line));
        }
        assertEquals(List.of(), longer);
    }

    /** Drawings and the table of characters are read by programs only. */
    @Test
    void linesOfTheUiAreShort() throws IOException {
        List<String> longer = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/webapp"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.toString().matches(".*(\\.svg|\\.png|/name-table\\.js)")) {
                    Files.readAllLines(file).stream()
                            .filter(line -> line.codePointCount(0, line.length()) > COLUMNS)
                            .forEach(line -> longer.add(file + ": " + line));
                }
            }
        }
        assertEquals(List.of(), longer);
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            List<Path> all = Stream.concat(
                            docs,
                            Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docker/README.md")
                                    .map(Path::of))
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList();
            assertTrue(all.size() > 30, all.toString());
            return all;
        }
    }

    /** All lines but those of commands and their answers. */
    private static List<String> prose(Path document) throws IOException {
        List<String> prose = new ArrayList<>();
        boolean command = false;
        for (String line : Files.readAllLines(document)) {
            if (line.strip().startsWith("```")) {
                command = !command;
            } else if (!command) {
                prose.add(line);
            }
        }
        return prose;
    }

    private static List<String> links(Path document) throws IOException {
        return LINK.matcher(String.join("\n", prose(document)))
                .results()
                .map(link -> link.group(1))
                .toList();
    }

    private static Set<String> anchors(Path document) throws IOException {
        return prose(document).stream()
                .filter(line -> line.startsWith("#"))
                .map(DocumentsTest::anchor)
                .collect(Collectors.toSet());
    }

    /** As GitHub and others make it of a heading. */
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-');
    }
}
