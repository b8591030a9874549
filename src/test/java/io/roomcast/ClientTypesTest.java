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
    /** In the first cell of a row: `join(name, { since })`, or several such as `rooms`, `user`. */
    private static final Pattern MEMBER = Pattern.compile("(?:^\\| |, )`(\\w+)");

    /** What every class has that dispatches events, which no row describes. */
    private static final Set<String> OF_EVENTS = Set.of("constructor", "addEventListener", "removeEventListener");

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
            if (!detail.isEmpty()) {
                assertEquals(names, typed, event);
            }
        });
    }

    @Test
    void theMembersAreThoseOfTheManual() throws IOException {
        assertEquals(described("`new Roomcast(options)`"), typed("class Roomcast"));
        assertEquals(described("Room\n"), typed("class Room"));
    }

    private static Set<String> described(String section) throws IOException {
        String table = section("docs/client.md", section).split("\n\\| member \\| meaning \\|\n", -1)[1];
        return table.substring(0, table.indexOf("\n\n"))
                .lines()
                .map(row -> row.split(" \\| ", -1)[0])
                .flatMap(cell -> MEMBER.matcher(cell).results())
                .map(member -> member.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> typed(String declaration) {
        Set<String> members = types.membersOf(declaration);
        members.removeAll(OF_EVENTS);
        return members;
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
