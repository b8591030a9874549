package io.roomcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.CloseCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The codes in {@code docs/protocol.md} are those that something sends, and all of them. */
class CloseCodesTest {
    /** What the WebSocket libraries of the servers find by themselves: a broken frame, text, or endpoint. */
    private static final Set<Integer> OF_LIBRARIES = Set.of(1002, 1007, 1011);

    private static final Pattern ROW = Pattern.compile("\\| (\\d{4}) \\| .* \\| (yes|no)\\b.*\\|");
    private static final Pattern CASE = Pattern.compile("case (\\d{4}): return");

    @Test
    void everyCodeOfTheTableIsSentAndEveryCodeThatIsSentIsInTheTable() throws IOException {
        Set<String> used = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.roomcast").stream()
                        .filter(each -> !each.isEquivalentTo(CloseCode.class))
                        .flatMap(each -> each.getFieldAccessesFromSelf().stream())
                        .map(JavaFieldAccess::getTarget)
                        .filter(field -> field.getOwner().isEquivalentTo(CloseCode.class))
                        .map(field -> field.getName())
                        .collect(Collectors.toSet());
        Set<Integer> sent = new TreeSet<>(OF_LIBRARIES);
        for (CloseCode code : CloseCode.values()) {
            assertTrue(used.contains(code.name()), code + " is sent by nobody");
            if (code != CloseCode.NORMAL) {
                sent.add(code.number());
            }
        }
        assertEquals(sent, new TreeSet<>(table().keySet()));
    }

    /** From 4000 on, a client knows from the number whether it may come back. */
    @Test
    void theNumberSaysWhetherToComeBack() throws IOException {
        table().forEach((code, comesBack) -> {
            if (code >= 4000) {
                assertEquals(code < 4500, comesBack, "code " + code);
            }
        });
    }

    @Test
    void theClientLibraryHasAWordForEach() throws IOException {
        Matcher words = CASE.matcher(Files.readString(Path.of("src/main/webapp/js/client/close-codes.js")));
        assertEquals(
                new TreeSet<>(table().keySet()),
                words.results()
                        .map(word -> Integer.valueOf(word.group(1)))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void theMetricCountsEachByItsNumber() {
        Arrays.stream(CloseCode.values()).forEach(code -> {
            NodeMetrics metrics = new NodeMetrics();
            metrics.sessionClosed(code.number());
            assertEquals(Map.of(code.number(), 1L), metrics.closes());
        });
    }

    private static Map<Integer, Boolean> table() throws IOException {
        String page = Files.readString(Path.of("docs/protocol.md"));
        Map<Integer, Boolean> rows = new HashMap<>();
        ROW.matcher(page.substring(page.indexOf("## Closing")))
                .results()
                .forEach(row ->
                        rows.put(Integer.valueOf(row.group(1)), row.group(2).equals("yes")));
        return rows;
    }
}
