package io.roomcast.it.interop;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.extensions.IExtension;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.protocols.IProtocol;
import org.java_websocket.protocols.Protocol;

/** Java-WebSocket, told to offer compression. */
final class JavaWebSocketLibrary implements Library {

    @Override
    public void open(URI uri, List<String> subprotocols, Received received) {
        List<IExtension> extensions = List.of(new PerMessageDeflateExtension());
        List<IProtocol> protocols = subprotocols.isEmpty()
                ? List.of(new Protocol(""))
                : subprotocols.stream().<IProtocol>map(Protocol::new).toList();
        new Client(uri, new Draft_6455(extensions, protocols), received).connect();
    }

    @Override
    public void close() {
        // A connection has a thread of its own, which ends with it.
    }

    private static final class Client extends WebSocketClient implements Connection {
        private final Received received;
        private String subprotocol;
        private String extensions;

        Client(URI uri, Draft_6455 draft, Received received) {
            super(uri, draft);
            this.received = received;
        }

        @Override
        public void onOpen(ServerHandshake handshake) {
            subprotocol = handshake.getFieldValue("Sec-WebSocket-Protocol");
            extensions = handshake.getFieldValue("Sec-WebSocket-Extensions");
            received.opened(this);
        }

        @Override
        public void onMessage(String text) {
            received.text(text);
        }

        @Override
        public void onClose(int code, String reason, boolean remote) {
            received.closed(code, reason);
        }

        @Override
        public void onError(Exception failure) {
            // Its close follows.
        }

        @Override
        public String subprotocol() {
            return subprotocol;
        }

        @Override
        public String extensions() {
            return extensions;
        }

        /** Of bytes: a fragment may end inside a character. The library's compression takes a buffer's whole array. */
        @Override
        public void sendParts(List<String> parts) {
            byte[] all = String.join("", parts).getBytes(StandardCharsets.UTF_8);
            int size = all.length / parts.size() + 1;
            for (int from = 0; from < all.length; from += size) {
                int to = Math.min(all.length, from + size);
                sendFragmentedFrame(Opcode.TEXT, ByteBuffer.wrap(Arrays.copyOfRange(all, from, to)), to == all.length);
            }
        }
    }
}
