package io.roomcast.protocol;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;

/**
 * The members of a JSON object, as the texts in which they were written. A value is made only of a member that is asked
 * for, and so never of the data of a message.
 */
public final class JsonMembers {
    /** Made once: {@link Json} looks for its provider at each call, which costs more than to read a small object. */
    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());

    private final Map<String, String> texts = new HashMap<>();

    /** The members of no object. */
    public JsonMembers() {}

    /** @throws RuntimeException if the text is not one JSON object, or has what the JSON library does not read */
    public JsonMembers(String object) {
        try (JsonParser parser = PARSERS.createParser(new StringReader(object))) {
            if (parser.next() != Event.START_OBJECT) {
                throw new JsonException("not an object");
            }
            while (parser.next() != Event.END_OBJECT) {
                String name = parser.getString();
                long named = parser.getLocation().getStreamOffset();
                Event value = parser.next();
                SkippedValue.skip(parser, value, depth -> {});
                long end = parser.getLocation().getStreamOffset();
                texts.put(name, value == Event.VALUE_NULL ? null : Data.cut(object, named, end));
            }
            if (parser.hasNext()) {
                throw new JsonException("more than one object");
            }
        }
    }

    /** The text of the value of a member, or null if the member is absent or {@code null}. */
    public String text(String name) {
        return texts.get(name);
    }

    /**
     * The value of a member, or null if the member is absent or {@code null}.
     *
     * @throws RuntimeException if the JSON library makes no value of it
     */
    public JsonValue value(String name) {
        String text = texts.get(name);
        if (text == null) {
            return null;
        }
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            parser.next();
            return parser.getValue();
        }
    }
}
