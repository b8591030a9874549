package io.roomcast.it.interop;

import io.roomcast.support.MessageSocket;
import io.roomcast.support.RoomClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * {@code java.net.http} of the JDK. It tells nobody of a connection that ends while its listener handles a message (seen
 * with JDK 17). Who writes to it hears of that, so each connection sends a ping from time to time, as programs must.
 */
final class JdkLibrary implements Library {
    private static final long PING_MILLIS = 500;

    private final HttpClient client = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "jdk-library-pings");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void open(URI uri, List<String> subprotocols, Received received) {
        WebSocket.Builder builder = client.newWebSocketBuilder();
        if (!subprotocols.isEmpty()) {
            builder.subprotocols(
                    subprotocols.get(0),
                    subprotocols.subList(1, subprotocols.size()).toArray(String[]::new));
        }
        var unused = builder.buildAsync(uri, new Listener(received)).whenComplete((socket, failure) -> {
            if (failure != null) {
                received.failed(failure);
            } else {
                received.opened(new JdkConnection(socket, pings(socket, received)));
            }
        });
    }

    /** Begins to send pings; the first that fails is the end of the connection. */
    private Future<?> pings(WebSocket socket, Received received) {
        return timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        MessageSocket.within(RoomClient.PATIENCE_SECONDS, socket.sendPing(ByteBuffer.allocate(0)));
                    } catch (RuntimeException e) {
                        received.failed(e);
                        throw e;
                    }
                },
                PING_MILLIS,
                PING_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** The client itself ends with the process. */
    @Override
    public void close() {
        timer.shutdownNow();
    }

    private static final class Listener implements WebSocket.Listener {
        private final Received received;
        private final StringBuilder message = new StringBuilder();

        Listener(Received received) {
            this.received = received;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                received.text(message.toString());
                message.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            received.closed(code, reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            received.failed(failure);
        }
    }

    /** Only one send may be under way. */
    private static final class JdkConnection implements Connection {
        private final WebSocket socket;
        private final Future<?> pings;
        private CompletableFuture<WebSocket> sent;

        JdkConnection(WebSocket socket, Future<?> pings) {
            this.socket = socket;
            this.pings = pings;
            sent = CompletableFuture.completedFuture(socket);
        }

        @Override
        public String subprotocol() {
            return socket.getSubprotocol();
        }

        /** It offers none, and fails if the server takes one. */
        @Override
        public String extensions() {
            return "";
        }

        @Override
        public void send(String text) {
            sent = sent.thenCompose(before -> socket.sendText(text, true));
        }

        @Override
        public void sendParts(List<String> parts) {
            for (int i = 0; i < parts.size(); i++) {
                String part = parts.get(i);
                boolean last = i == parts.size() - 1;
                sent = sent.thenCompose(before -> socket.sendText(part, last));
            }
        }

        @Override
        public void close(int code, String reason) {
            pings.cancel(false);
            MessageSocket.within(
                    RoomClient.PATIENCE_SECONDS, sent.thenCompose(before -> socket.sendClose(code, reason)));
        }
    }
}
