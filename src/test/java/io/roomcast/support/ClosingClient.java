package io.roomcast.support;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client that is asked for what came, frame by frame. */
public final class ClosingClient implements WebSocket.Listener, AutoCloseable {
    private static final int PATIENCE_SECONDS = 15;
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Jsonb JSON = JsonbBuilder.create();

    private final BlockingQueue<Map<String, Object>> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;

    private ClosingClient() {}

    public static ClosingClient open(URI uri) {
        return open(uri, Map.of());
    }

    /** @param headers of the handshake */
    public static ClosingClient open(URI uri, Map<String, String> headers) {
        ClosingClient client = new ClosingClient();
        URI ws = URI.create(uri.toString().replaceFirst("^http", "ws"));
        WebSocket.Builder builder = HTTP.newWebSocketBuilder().subprotocols("roomcast.v1");
        headers.forEach(builder::header);
        client.socket = builder.buildAsync(ws, client).join();
        return client;
    }

    public ClosingClient send(String frame) {
        socket.sendText(frame.replace('\'', '"'), true).join();
        return this;
    }

    /** The next frame of this type; those before it are passed over. */
    public Map<String, Object> next(String type) throws InterruptedException {
        while (true) {
            Map<String, Object> frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no " + type + " came");
            }
            if (type.equals(frame.get("type"))) {
                return frame;
            }
        }
    }

    /** The next frame, of any type. */
    public Map<String, Object> next() throws InterruptedException {
        Map<String, Object> frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("nothing came");
        }
        return frame;
    }

    /** The code of the next error. */
    public String error() throws InterruptedException {
        return (String) next("error").get("code");
    }

    public int closeCode() throws Exception {
        return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** @return null when the connection is still open after that time */
    public Integer closedWithin(int seconds) throws Exception {
        try {
            return closed.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return null;
        }
    }

    /** Closes, and returns when the server has answered. */
    public void leave() throws Exception {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        closeCode();
    }

    @Override
    @SuppressWarnings("unchecked") // a JSON object is a map
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            text.toString().lines().forEach(line -> frames.add(JSON.fromJson(line, Map.class)));
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.complete(1006);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
