package io.roomcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Http;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The types of the client library, beside its manual; NpmPackageIT compares them with the library. */
class ClientTypesTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| (`\\{(.*?)\\}`|RoomcastError) \\|");
    private static final Pattern NAME = Pattern.compile("(\\w+)\\??(?:: \\[\\w+\\])?");
    private static final Pattern CODES = Pattern.compile("(?m)^\\| ((?:`[a-z_]+`(?:, )?)+) \\|");
    /** Members that the manual leaves out: a later server may add more in any case. */
    private static final Set<String> LEFT_OUT = Set.of("name", "info", "proven", "expiresInMs");

    private final ClientTypes types = ClientTypes.read();

    private static String section(String page, String title) throws IOException {
        String text = Files.readString(Path.of(page));
        int start = text.indexOf("\n## " + title);
        assertTrue(start >= 0, title);
        int end = text.indexOf("\n## ", start + 1);
        return text.substring(start, end < 0 ? text.length() : end);
    }

    @Test
    void theEventsAreThoseOfTheManual() throws IOException {
        compare("`new Roomcast(options)`", "RoomcastEvents");
        compare("Room\n", "RoomEvents");
    }

    private void compare(String section, String events) throws IOException {
        Map<String, String> described = new TreeMap<>();
        Matcher row = ROW.matcher(section("docs/client.md", section).split("\n\\| event \\|", -1)[1]);
        while (row.find()) {
            described.put(row.group(1), row.group(3) == null ? "" : row.group(3));
        }
        assertEquals(described.keySet(), types.membersOf("interface " + events), events);
        described.forEach((event, detail) -> {
            Set<String> typed = types.detail(events, event);
            Set<String> names = NAME.matcher(detail)
                    .results()
                    .map(name -> name.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (event.equals("open")) {
                typed.removeAll(LEFT_OUT);
            }
            if (!detail.isEmpty()) {
                assertEquals(names, typed, event);
            }
        });
    }

    @Test
    void theOptionsAreThoseOfTheManual() throws IOException {
        String table = section("docs/client.md", "`new Roomcast(options)`").split("\n\n\\| member", -1)[0];
        Set<String> options = Pattern.compile("(?m)^\\| `(\\w+)` \\|")
                .matcher(table)
                .results()
                .map(option -> option.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(options, types.membersOf("interface RoomcastOptions"));
    }

    /** Those of the protocol and those of the library itself. */
    @Test
    void theCodesOfErrorsAreThoseOfTheManuals() throws IOException {
        Set<String> codes = new TreeSet<>(Set.of("disconnected"));
        for (String page : List.of("docs/protocol.md", "docs/client.md")) {
            CODES.matcher(section(page, "Errors"))
                    .results()
                    .forEach(row ->
                            codes.addAll(List.of(row.group(1).replace("`", "").split(", ", -1))));
        }
        assertEquals(codes, types.errorCodes());
    }

    @Test
    void thePackageHasTheVersionOfTheBuild() throws IOException {
        JsonObject packed = Http.read(Files.readString(Path.of("src/main/webapp/js/package.json")));
        Matcher version = Pattern.compile("<artifactId>roomcast</artifactId>\\s*<version>(.*?)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(version.find());
        assertEquals(version.group(1), packed.getString("version"));
    }
}
