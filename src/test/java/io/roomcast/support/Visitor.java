package io.roomcast.support;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A client that says what it is told to, and waits for what it is to hear. Used by one thread. */
public final class Visitor implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final LinkedBlockingQueue<JsonObject> heard = new LinkedBlockingQueue<>();
    private final WebSocket socket;

    private Visitor(URI server, String path) {
        URI address = URI.create(server.toString().replaceFirst("^http", "ws") + path);
        socket = HTTP.newWebSocketBuilder()
                .subprotocols("roomcast.v1")
                .buildAsync(address, new Ear())
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** In the room when this returns. */
    public static Visitor in(URI server, String room, String user) {
        Visitor visitor = new Visitor(server, "ws/" + room + "/" + user);
        visitor.await("joined");
        return visitor;
    }

    public void say(String json) {
        socket.sendText(json, true)
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** The next frame of this type; others are passed over. {@code closed} is the end of the connection, with its {@code code}. */
    public JsonObject await(String type) {
        return await(type, frame -> true);
    }

    public JsonObject await(String type, Predicate<JsonObject> condition) {
        List<JsonObject> others = new ArrayList<>();
        try {
            while (true) {
                JsonObject frame = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (frame == null) {
                    throw new AssertionError("no " + type + " came, but " + others);
                }
                if (frame.getString("type").equals(type) && condition.test(frame)) {
                    return frame;
                }
                others.add(frame);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Ear implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                for (String line : parts.toString().split("\n", -1)) {
                    heard.add(read(line));
                }
                parts.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
            heard.add(Json.createObjectBuilder()
                    .add("type", "closed")
                    .add("code", code)
                    .build());
            return null;
        }
    }

    public static JsonObject read(String json) {
        try (var reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }
}
