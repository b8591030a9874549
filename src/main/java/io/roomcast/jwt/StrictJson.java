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
 * Reads the JSON parts of a token as strictly as RFC 8259 recommends. They must be UTF-8, and no object at any depth
 * may have two members of the same name. So a token is refused if two readers could understand it differently.
 */
final class StrictJson {
    private static final JsonReaderFactory READERS =
            Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

    private StrictJson() {}

    /** @throws TokenRefusedException if the bytes are not exactly one JSON object */
    static JsonObject object(byte[] bytes) {
        try (JsonReader reader = READERS.createReader(new StringReader(text(bytes)))) {
            return reader.readObject();
        } catch (CharacterCodingException | RuntimeException e) {
            // For its own limits, such as depth, a reader throws exceptions other than JsonException.
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
