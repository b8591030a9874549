package io.roomcast.http.api;

import io.roomcast.protocol.Data;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;

/** The JSON object in the body of a request: its values, and the texts in which the caller wrote them. */
final class ApiObject {
    static final ApiObject EMPTY = new ApiObject("");

    /** @param named where the parser stood after the name, and {@code end} after the value */
    private record Member(JsonValue value, long named, long end) {}

    private final String text;
    private final Map<String, Member> members = new HashMap<>();

    private ApiObject(String text) {
        this.text = text;
    }

    /** @throws RuntimeException if the text is not one JSON object, or has what this parser does not read */
    static ApiObject of(String text) {
        ApiObject object = new ApiObject(text);
        try (JsonParser parser = Json.createParser(new StringReader(text))) {
            if (parser.next() != Event.START_OBJECT) {
                throw new JsonException("not an object");
            }
            while (parser.next() != Event.END_OBJECT) {
                String name = parser.getString();
                long named = parser.getLocation().getStreamOffset();
                parser.next();
                JsonValue value = parser.getValue();
                object.members.put(
                        name, new Member(value, named, parser.getLocation().getStreamOffset()));
            }
            if (parser.hasNext()) {
                throw new JsonException("more than one object");
            }
        }
        return object;
    }

    /** The value of a member, or null if it is absent or {@code null}. */
    JsonValue value(String name) {
        Member member = members.get(name);
        return member == null || member.value() == JsonValue.NULL ? null : member.value();
    }

    /** The text of the value of a member that is there. */
    String text(String name) {
        Member member = members.get(name);
        return Data.cut(text, member.named(), member.end());
    }
}
