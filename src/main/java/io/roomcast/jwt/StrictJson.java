package io.roomcast.jwt;

import io.roomcast.identity.TokenRefusedException;
import jakarta.json.Json;
import jakarta.json.JsonConfig;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Reads the parts of a token strictly as RFC 8259 defines JSON: each member once, at every depth, and only UTF-8. A
 * token that two readers could understand differently is refused.
 */
final class StrictJson {
    private static final JsonReaderFactory READERS =
            Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

    private StrictJson() {}

    /** @throws TokenRefusedException for anything that is not one object */
    static JsonObject object(byte[] bytes) {
        try (JsonReader reader = READERS.createReader(new StringReader(text(bytes)))) {
            return reader.readObject();
        } catch (CharacterCodingException | RuntimeException e) {
            // What a reader throws for its own bounds, such as depth, is no JsonException.
            throw new TokenRefusedException("the token was refused: not a JSON object with each member once");
        }
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }
}
