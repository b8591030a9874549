package io.roomcast.redis;

import io.roomcast.redis.connection.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The commands that scripts give to Redis, read from their text. */
final class LuaCommands {
    private static final Pattern WORD = Pattern.compile("'([A-Z]{3,})'");
    private static final Set<String> OPTIONS = Set.of("COUNT", "MAXDELETEDID", "MAXLEN", "MINID", "REPLACE", "STREAM");

    /** Commands that save memory, and are done without where Redis refuses them. */
    static final Set<String> DISPENSABLE = Set.of("DUMP", "RESTORE", "XLEN");

    private LuaCommands() {}

    static String text(String file) {
        try (InputStream in = Script.class.getResourceAsStream("/io/roomcast/redis/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> of(String... files) {
        TreeSet<String> commands = new TreeSet<>();
        for (String file : files) {
            String text = text(file);
            WORD.matcher(text).results().forEach(found -> commands.add(found.group(1)));
            if (text.contains("(PUBLISH,")) {
                commands.add("PUBLISH");
            }
        }
        commands.removeAll(OPTIONS);
        return List.copyOf(commands);
    }
}
