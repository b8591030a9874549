package io.roomcast.support;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket connection of a test that sends whole messages, one after the other, and gets whole messages. What no
 * library would send goes through {@link RawWebSocket}.
 *
 * <p>Messages and the end are handed over by the connection's own thread; any thread may call the methods.
 */
public abstract class MessageSocket implements WebSocket.Listener, AutoCloseable {
    public static final String V1 = "roomcast.v1";

    /** The close code of a connection that ended without a close frame. */
    public static final int ABNORMAL = 1006;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private CompletableFuture<?> lastSend = CompletableFuture.completedFuture(null);
    private volatile WebSocket webSocket;
    /** Why the connection broke, as the JDK's client says it; null if it did not break. */
    private volatile Throwable failure;

    /**
     * Connects.
     *
     * @param uri with the scheme of WebSocket or of HTTP
     * @param subprotocol null for none
     * @param headers of the handshake, besides the usual ones
     * @return completes when messages can be sent; fails when the server refuses, or does not answer in time
     */
    protected final CompletableFuture<WebSocket> open(
            URI uri, String subprotocol, Map<String, String> headers, Duration patience) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(patience);
        if (subprotocol != null) {
            builder.subprotocols(subprotocol);
        }
        headers.forEach(builder::header);
        return builder.buildAsync(URI.create(uri.toString().replaceFirst("^http", "ws")), this)
                .whenComplete((open, refusal) -> {
                    if (refusal != null) {
                        end(ABNORMAL);
                    }
                });
    }

    protected abstract void received(String message);

    protected void received(byte[] message) {
        throw new AssertionError("a binary message of " + message.length + " bytes");
    }

    /** Called once, when the connection has ended or could not be made. */
    protected void ended() {}

    /** The subprotocol that the server chose; empty for none. */
    public final String subprotocol() {
        return webSocket.getSubprotocol();
    }

    public final synchronized void send(String message) {
        lastSend = lastSend.thenCompose(sent -> webSocket.sendText(message, true));
    }

    /** Completes when everything is handed to the network. */
    protected final synchronized CompletableFuture<?> sent() {
        return lastSend;
    }

    /** Completes with the close code, or {@link #ABNORMAL}. */
    public final CompletableFuture<Integer> closed() {
        return closed;
    }

    /** How the connection ended, for the message of a test that fails. */
    protected final String howClosed() {
        Integer code = closed.getNow(null);
        Throwable broken = failure;
        return code == null
                ? "no"
                : broken == null ? code.toString() : code + ", " + broken + " because of " + broken.getCause();
    }

    public final boolean isOpen() {
        return !closed.isDone();
    }

    /** Breaks the connection without a close frame. */
    public final void abort() {
        WebSocket open = webSocket;
        if (open != null) {
            open.abort();
        }
        end(ABNORMAL);
    }

    /** Sends a close frame, and does not wait for the server's. */
    @Override
    public void close() {
        if (isOpen()) {
            var unused = sent().thenCompose(all -> webSocket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
        }
    }

    private void end(int code) {
        if (closed.complete(code)) {
            ended();
        }
    }

    @Override
    public final void onOpen(WebSocket open) {
        webSocket = open;
        if (isOpen()) {
            open.request(1);
        } else {
            open.abort(); // It was aborted while it was being made.
        }
    }

    @Override
    public final CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            String message = text.toString();
            text.setLength(0);
            received(message);
        }
        from.request(1);
        return null;
    }

    @Override
    public final CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
        byte[] some = new byte[part.remaining()];
        part.get(some);
        bytes.writeBytes(some);
        if (last) {
            byte[] message = bytes.toByteArray();
            bytes.reset();
            received(message);
        }
        from.request(1);
        return null;
    }

    @Override
    public final CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        end(code);
        return null;
    }

    @Override
    public final void onError(WebSocket from, Throwable reason) {
        failure = reason;
        end(ABNORMAL);
    }

    /** Waits for a result, with a limit. */
    public static <T> T within(long seconds, CompletableFuture<T> result) {
        return result.copy().orTimeout(seconds, TimeUnit.SECONDS).join();
    }
}
