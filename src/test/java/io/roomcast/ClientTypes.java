package io.roomcast;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the file of the client library's types declares. It is read line by line, as its formatting allows. */
public record ClientTypes(String text) {
    private static final Path FILE = Path.of("src/main/webapp/js/roomcast.d.ts");
    private static final Pattern VALUE = Pattern.compile("(?m)^export (?:class|function|const) (\\w+)");
    private static final Pattern MEMBER =
            Pattern.compile("(?m)^  (?:private |static |readonly |get )*(\\w+)\\??(?:[(:<])");
    private static final Pattern INNER = Pattern.compile("[{;\\s](\\w+)\\??: ");

    public static ClientTypes read() {
        try {
            return new ClientTypes(Files.readString(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of what is exported and is not only a type. */
    public Set<String> values() {
        return VALUE.matcher(text)
                .results()
                .map(value -> value.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** @param declaration such as {@code class Room} or {@code interface Message} */
    public Set<String> membersOf(String declaration) {
        return MEMBER.matcher(body(declaration))
                .results()
                .map(member -> member.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The members of the detail of an event; those of the interface that it names, if it names one. */
    Set<String> detail(String events, String event) {
        String body = body("interface " + events);
        Matcher member =
                Pattern.compile("(?ms)^  " + event + ": (\\{.*?\\}|\\w+);$").matcher(body);
        if (!member.find()) {
            throw new AssertionError(events + " has no " + event);
        }
        String type = member.group(1);
        if (!type.startsWith("{")) {
            return membersOf((text.contains("class " + type) ? "class " : "interface ") + type);
        }
        return INNER.matcher(type)
                .results()
                .map(inner -> inner.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The codes of errors that the types name. */
    Set<String> errorCodes() {
        String codes = text.substring(text.indexOf("export type ErrorCode"));
        return Pattern.compile("\\| '(\\w+)'")
                .matcher(codes.substring(0, codes.indexOf(';')))
                .results()
                .map((MatchResult code) -> code.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String body(String declaration) {
        Matcher found = Pattern.compile("(?ms)^export " + declaration + "\\b[^{]*\\{(.*?)^\\}")
                .matcher(text);
        if (!found.find()) {
            throw new AssertionError("no " + declaration);
        }
        return found.group(1);
    }
}
