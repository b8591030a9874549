package io.roomcast.http.rooms;

import io.roomcast.protocol.CloseCode;
import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Lines of an answer that stand for what a WebSocket does without a frame. */
final class Lines {
    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

    private Lines() {}

    /** The node has closed the session, as it would close a WebSocket. */
    static byte[] closed(CloseCode code, String reason) {
        return JSON.createObjectBuilder()
                .add("type", "closed")
                .add("code", code.number())
                .add("reason", reason)
                .build()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }
}
