package io.roomcast.protocol;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParserFactory;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * What the search looks at in a stored body.
 *
 * @param sender the id of whoever published; empty if the body has none
 * @param content null if the message has none
 * @param values the strings in its {@code data}, without the names of members
 */
public record MessageText(String sender, String content, List<String> values) {
    /** Kept, because the library looks for its provider each time. */
    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());

    /** Most UTF-16 code units that are looked at in one message. */
    private static final int MAX_LENGTH = 64 << 10;

    private static final MessageText NONE = new MessageText("", null, List.of());

    /** A body that is not what this program writes has no text. */
    public static MessageText of(byte[] body) {
        try (JsonParser parser = PARSERS.createParser(new ByteArrayInputStream(body), StandardCharsets.UTF_8)) {
            if (body.length == 0 || parser.next() != Event.START_OBJECT) {
                return NONE;
            }
            return read(parser);
        } catch (JsonException | NoSuchElementException | IllegalStateException e) {
            return NONE;
        }
    }

    private static MessageText read(JsonParser parser) {
        String sender = "";
        String content = null;
        List<String> values = new ArrayList<>();
        for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
            String name = parser.getString();
            Event value = parser.next();
            if (name.equals("sender") && value == Event.VALUE_STRING) {
                sender = parser.getString();
            } else if (name.equals("content") && value == Event.VALUE_STRING) {
                content = parser.getString();
            } else if (name.equals("data")) {
                addStrings(parser, value, values);
            } else {
                SkippedValue.skip(parser, value, depth -> {});
            }
        }
        return new MessageText(sender, content, values);
    }

    private static void addStrings(JsonParser parser, Event first, List<String> values) {
        int depth = 0;
        for (Event event = first; ; event = parser.next()) {
            if (event == Event.START_ARRAY || event == Event.START_OBJECT) {
                depth++;
            } else if (event == Event.END_ARRAY || event == Event.END_OBJECT) {
                depth--;
            } else if (event == Event.VALUE_STRING) {
                values.add(parser.getString());
            }
            if (depth == 0) {
                return;
            }
        }
    }

    /** The words of its texts, in their order: first those of the content. No text is without words. */
    public List<List<String>> words() {
        List<List<String>> words = new ArrayList<>();
        int left = MAX_LENGTH;
        left -= add(words, content == null ? "" : content, left);
        for (String value : values) {
            left -= add(words, value, left);
        }
        return words;
    }

    private static int add(List<List<String>> words, String text, int most) {
        String cut = text.length() <= most ? text : text.substring(0, Math.max(0, most));
        List<String> found = Words.of(cut).stream().map(Words.Word::text).toList();
        if (!found.isEmpty()) {
            words.add(found);
        }
        return cut.length();
    }
}
