package io.roomcast.support.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints which tests of the whole run were skipped, by reason; nothing if none was. The build starts it at its end. */
public final class SkippedTestsReport {
    private SkippedTestsReport() {}

    public static void main(String[] args) throws IOException {
        report(SkippedTests.DIRECTORY).forEach(System.out::println);
    }

    static List<String> report(Path directory) throws IOException {
        Map<String, Map<String, Integer>> byReason = new TreeMap<>();
        for (Path file : files(directory)) {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split("\t", 3);
                byReason.computeIfAbsent(parts[2], reason -> new TreeMap<>())
                        .merge(parts[1], Integer.parseInt(parts[0]), Integer::sum);
            }
        }
        return byReason.entrySet().stream()
                .flatMap(entry -> Stream.of(
                        headline(sum(entry.getValue()), entry.getKey()),
                        "    " + entry.getValue().keySet().stream().collect(Collectors.joining(", "))))
                .toList();
    }

    private static List<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static int sum(Map<String, Integer> classes) {
        return classes.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static String headline(int tests, String reason) {
        String counted = tests == 1 ? "1 test was skipped: " : tests + " tests were skipped: ";
        return counted + reason + (reason.endsWith(".") ? "" : ".");
    }
}
