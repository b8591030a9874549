package io.roomcast.it.interop;

import java.net.URI;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;

/** OkHttp. It offers compression, and sends a message as one frame. */
final class OkHttpLibrary implements Library {
    private final OkHttpClient client = new OkHttpClient();

    @Override
    public void open(URI uri, List<String> subprotocols, Received received) {
        Request.Builder request = new Request.Builder().url(uri.toString());
        if (!subprotocols.isEmpty()) {
            request.header("Sec-WebSocket-Protocol", String.join(", ", subprotocols));
        }
        client.newWebSocket(request.build(), new Listener(received));
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    private static final class Listener extends WebSocketListener {
        private final Received received;

        Listener(Received received) {
            this.received = received;
        }

        @Override
        public void onOpen(WebSocket socket, Response response) {
            received.opened(new OkHttpConnection(
                    socket,
                    response.header("Sec-WebSocket-Protocol", ""),
                    response.header("Sec-WebSocket-Extensions", "")));
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            received.text(text);
        }

        /** The library leaves it to the program to answer the server's close. */
        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            socket.close(code, reason);
        }

        @Override
        public void onClosed(WebSocket socket, int code, String reason) {
            received.closed(code, reason);
        }

        @Override
        public void onFailure(WebSocket socket, Throwable failure, Response response) {
            received.failed(failure);
        }
    }

    private record OkHttpConnection(WebSocket socket, String subprotocol, String extensions) implements Connection {
        @Override
        public void send(String text) {
            if (!socket.send(text)) {
                throw new IllegalStateException("not sent");
            }
        }

        @Override
        public void close(int code, String reason) {
            socket.close(code, reason);
        }
    }
}
