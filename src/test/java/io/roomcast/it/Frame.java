package io.roomcast.it;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;

/** A frame that the server sent. */
record Frame(String text, JsonObject json) {

    static Frame of(String text) {
        return new Frame(text, Json.createReader(new StringReader(text)).readObject());
    }

    String type() {
        return string("type");
    }

    boolean is(String type) {
        return type.equals(type());
    }

    boolean has(String member) {
        return json.containsKey(member);
    }

    String string(String member) {
        return json.getString(member, null);
    }

    long number(String member) {
        return json.getJsonNumber(member).longValueExact();
    }

    boolean isTrue(String member) {
        return json.getBoolean(member);
    }

    /** Of a message. */
    long offset() {
        return number("offset");
    }

    String content() {
        return string("content");
    }

    @Override
    public String toString() {
        return text;
    }
}
