package io.roomcast.support;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A name, good or bad, with which the server and the page are tested. */
public record NameExample(String verdict, String name, String why) {
    private static final Path FILE = Path.of("src/test/resources/names/examples.tsv");
    private static final Pattern ESCAPED = Pattern.compile("\\\\u\\{([0-9a-f]+)}");
    private static final String SYSTEM = "system";

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

    /** Any characters in any order, some of them close to what the rule is about. */
    public static String random(Random random) {
        StringBuilder name = new StringBuilder();
        int length = 1 + random.nextInt(12);
        for (int i = 0; i < length; i++) {
            name.append(piece(random));
        }
        return random.nextInt(8) == 0 ? name.toString() : Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    private static String piece(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> anyOf("_-.:@'\u00B7\u05F3\u05F4\u0F0B\u2010\u2019\u30FB\u200C\u200D", random);
            case 1 -> anyOf("\u094D\u09CD\u0D4D\u0DCA\u1039\u200C\u200D\u0930\u09B0\u0915", random);
            case 2 -> anyOf("\u0639\u064A\u06CC\u062F\u0631\u0640\u064E\u0651\u200C\u1820\u180A\uA872", random);
            case 3 -> Character.toString(0x300 + random.nextInt(0x70));
            case 4 -> {
                int from = random.nextInt(SYSTEM.length());
                yield SYSTEM.substring(from, from + random.nextInt(SYSTEM.length() - from + 1));
            }
            case 5 -> SYSTEM;
            case 6 -> Character.toString(random.nextInt(0x3000));
            case 7 -> character(random);
            default -> anyOf("aeimnrstyABCSTYEM019\u0455\u0443\u0435\u0442\u043C", random);
        };
    }

    private static String anyOf(String characters, Random random) {
        return characters.substring(random.nextInt(characters.length())).substring(0, 1);
    }

    /** Half of a surrogate pair does not travel to a browser. */
    private static String character(Random random) {
        int c = random.nextInt(Character.MAX_CODE_POINT + 1);
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? "" : Character.toString(c);
    }

    /** Who may have a name, as the server says: {@code both}, a {@code room} or a {@code user} only, or {@code none}. */
    public static String verdict(String name) {
        boolean isRoom = isAllowed(RoomName::new, name);
        boolean isUser = isAllowed(UserId::new, name);
        return isRoom ? isUser ? "both" : "room" : isUser ? "user" : "none";
    }

    private static boolean isAllowed(Function<String, ?> rule, String name) {
        try {
            var unused = rule.apply(name);
            return true;
        } catch (ProtocolException e) {
            return false;
        }
    }
}
