package io.roomcast.support.workload;

import io.roomcast.protocol.Position;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A connection that speaks protocol v1 as maps: no more than the fault suite needs, and nothing of the server's own code. */
public final class FrameSocket implements WebSocket.Listener {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final Jsonb JSON = JsonbBuilder.create();

    private final Consumer<Map<String, Object>> frames;
    private final Runnable ended;
    private final AtomicBoolean over = new AtomicBoolean();
    private final StringBuilder text = new StringBuilder();
    private volatile WebSocket socket;
    private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);

    /**
     * @param frames each frame in order, on the connection's thread
     * @param ended called once, when the connection ends or cannot be made
     */
    public FrameSocket(Consumer<Map<String, Object>> frames, Runnable ended) {
        this.frames = frames;
        this.ended = ended;
    }

    /** Connects; {@code opened} may send. */
    public void connect(URI uri, Runnable opened) {
        var unused = HTTP.newWebSocketBuilder()
                .subprotocols("roomcast.v1")
                .connectTimeout(Duration.ofSeconds(5))
                .buildAsync(uri, this)
                .whenComplete((open, failure) -> {
                    if (failure != null) {
                        end();
                    } else {
                        socket = open;
                        if (isOver()) {
                            // Aborted while it was being made.
                            open.abort();
                        } else {
                            opened.run();
                        }
                    }
                });
    }

    /** Joins a room: with all that came since a position, where there is one. */
    public void join(String room, Position since) {
        Map<String, Object> frame = new HashMap<>(Map.of("type", "join", "id", 1, "room", room));
        if (since != null) {
            frame.put("since", Map.of("epoch", since.epoch(), "offset", since.offset()));
        }
        send(frame);
    }

    public synchronized void send(Map<String, Object> frame) {
        String json = JSON.toJson(frame);
        sending = sending.handle((done, failure) -> null)
                .thenCompose(done -> socket.sendText(json, true))
                .toCompletableFuture();
    }

    /** Cuts the connection without a goodbye. */
    public void abort() {
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
        end();
    }

    boolean isOver() {
        return over.get();
    }

    private void end() {
        if (over.compareAndSet(false, true)) {
            ended.run();
        }
    }

    @Override
    @SuppressWarnings("unchecked") // a JSON object is a map
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            String whole = text.toString();
            text.setLength(0);
            whole.lines().filter(line -> !over.get()).forEach(line -> frames.accept(JSON.fromJson(line, Map.class)));
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        end();
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        end();
    }
}
