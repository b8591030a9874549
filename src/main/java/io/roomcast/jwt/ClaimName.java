package io.roomcast.jwt;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;

/**
 * The name of a claim, as an operator configures it. Dots lead into nested objects, as in {@code realm_access.roles}.
 * Many names have dots of their own, for example {@code https://app.example/roles}. So at each level a member with the
 * whole rest of the name comes first.
 *
 * @param text empty for no claim
 */
record ClaimName(String text) {

    /** @return null if there is no such claim */
    JsonValue in(JsonObject claims) {
        return text.isEmpty() ? null : find(claims, text);
    }

    private static JsonValue find(JsonObject claims, String name) {
        JsonValue found = claims.get(name);
        for (int dot = name.indexOf('.'); found == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (claims.get(name.substring(0, dot)) instanceof JsonObject inner) {
                found = find(inner, name.substring(dot + 1));
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return text;
    }
}
