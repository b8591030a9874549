package io.roomcast.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A name, good or bad, with which the server and the page are tested. */
public record NameExample(String verdict, String name, String why) {
    private static final Path FILE = Path.of("src/test/resources/names/examples.tsv");
    private static final Pattern ESCAPED = Pattern.compile("\\\\u\\{([0-9a-f]+)}");

    public static List<NameExample> all() {
        try {
            return Files.readAllLines(FILE).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .map(cells -> new NameExample(cells[0], unescaped(cells[1]), cells[2]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unescaped(String text) {
        return ESCAPED.matcher(text)
                .replaceAll(code -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(code.group(1), 16))));
    }

    /** Who may have a name, as the server says: {@code user}, {@code room} or {@code none}. */
    public static String verdict(String name) {
        try {
            var unused = new RoomName(name);
        } catch (ProtocolException e) {
            return "none";
        }
        try {
            var unused = new UserName(name);
            return "user";
        } catch (ProtocolException e) {
            return "room";
        }
    }
}
