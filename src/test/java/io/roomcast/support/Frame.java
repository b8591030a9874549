package io.roomcast.support;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;

/** A frame that the server sent. */
public record Frame(String text, JsonObject json) {

    public static Frame of(String text) {
        return new Frame(text, Json.createReader(new StringReader(text)).readObject());
    }

    public String type() {
        return string("type");
    }

    public boolean is(String type) {
        return type.equals(type());
    }

    public boolean has(String member) {
        return json.containsKey(member);
    }

    public String string(String member) {
        return json.getString(member, null);
    }

    public long number(String member) {
        return json.getJsonNumber(member).longValueExact();
    }

    public boolean isTrue(String member) {
        return json.getBoolean(member);
    }

    /** Of a message. */
    public long offset() {
        return number("offset");
    }

    public String content() {
        return string("content");
    }

    @Override
    public String toString() {
        return text;
    }
}
