package io.roomcast.it.interop;

import io.roomcast.support.MessageSocket;
import io.roomcast.support.RoomClient;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import java.net.URI;
import java.util.List;

/** Vert.x, told to offer compression. It sends an {@code Origin} unasked. */
final class VertxLibrary implements Library {
    /** By default it takes messages of 256 KiB only, in frames of 64 KiB. */
    private static final int MAX_MESSAGE_BYTES = 1024 * 1024;

    private final Vertx vertx = Vertx.vertx();
    private final WebSocketClient client = vertx.createWebSocketClient(new WebSocketClientOptions()
            .setMaxMessageSize(MAX_MESSAGE_BYTES)
            .setMaxFrameSize(MAX_MESSAGE_BYTES)
            .setTryUsePerMessageCompression(true));

    @Override
    public void open(URI uri, List<String> subprotocols, Received received) {
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost(uri.getHost())
                .setPort(uri.getPort())
                .setURI(uri.getRawPath() + query);
        subprotocols.forEach(options::addSubProtocol);
        ClientWebSocket socket = client.webSocket();
        socket.textMessageHandler(received::text);
        socket.closeHandler(end -> {
            Short code = socket.closeStatusCode();
            received.closed(code == null ? MessageSocket.ABNORMAL : code, socket.closeReason());
        });
        socket.exceptionHandler(failure -> {
            // Its end follows.
        });
        socket.connect(options)
                .onSuccess(open -> received.opened(new VertxConnection(open)))
                .onFailure(received::failed);
    }

    @Override
    public void close() {
        MessageSocket.within(
                RoomClient.PATIENCE_SECONDS, vertx.close().toCompletionStage().toCompletableFuture());
    }

    private record VertxConnection(WebSocket socket) implements Connection {
        @Override
        public String subprotocol() {
            return socket.subProtocol() == null ? "" : socket.subProtocol();
        }

        @Override
        public String extensions() {
            String header = socket.headers().get("Sec-WebSocket-Extensions");
            return header == null ? "" : header;
        }

        @Override
        public void send(String text) {
            socket.writeTextMessage(text);
        }

        @Override
        public void sendParts(List<String> parts) {
            for (int i = 0; i < parts.size(); i++) {
                boolean last = i == parts.size() - 1;
                socket.writeFrame(
                        i == 0
                                ? WebSocketFrame.textFrame(parts.get(i), last)
                                : WebSocketFrame.continuationFrame(Buffer.buffer(parts.get(i)), last));
            }
        }

        @Override
        public void close(int code, String reason) {
            socket.close((short) code, reason);
        }
    }
}
