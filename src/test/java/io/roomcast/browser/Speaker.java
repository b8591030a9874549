package io.roomcast.browser;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** A client without a browser that fills a room quickly: a plain session, as simple clients are. */
final class Speaker implements WebSocket.Listener, AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final String last;
    private final StringBuilder heard = new StringBuilder();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private WebSocket webSocket;

    private Speaker(String last) {
        this.last = last;
    }

    /** Says "line 1" to "line {@code count}" in a room, and returns when all of it was broadcast. */
    static void say(URI server, String room, String user, int count) throws Exception {
        try (Speaker speaker = new Speaker("\"line " + count + "\"")) {
            URI endpoint = URI.create("ws://" + server.getAuthority() + "/ws/" + room + "/" + user);
            speaker.webSocket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(endpoint, speaker)
                    .get(PATIENCE_SECONDS, SECONDS);
            for (int line : IntStream.rangeClosed(1, count).toArray()) {
                speaker.webSocket
                        .sendText("{\"content\":\"line " + line + "\"}", true)
                        .get(PATIENCE_SECONDS, SECONDS);
            }
            speaker.done.get(PATIENCE_SECONDS, SECONDS);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
        heard.append(data);
        if (isLast) {
            if (heard.indexOf(last) >= 0) {
                done.complete(null);
            }
            heard.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        done.completeExceptionally(error);
    }

    @Override
    public void close() {
        if (webSocket != null) {
            webSocket.abort();
        }
    }
}
