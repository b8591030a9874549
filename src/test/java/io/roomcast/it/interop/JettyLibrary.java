package io.roomcast.it.interop;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;

/** Jetty, told to offer compression. It sends large messages in fragments of 4 KiB. */
final class JettyLibrary implements Library {
    /** By default it takes messages of 64 KiB only. */
    private static final int MAX_MESSAGE_BYTES = 1024 * 1024;

    private final WebSocketClient client = new WebSocketClient();

    JettyLibrary() throws Exception {
        client.setMaxTextMessageSize(MAX_MESSAGE_BYTES);
        client.start();
    }

    @Override
    public void open(URI uri, List<String> subprotocols, Received received) throws IOException {
        ClientUpgradeRequest request = new ClientUpgradeRequest(uri);
        request.setSubProtocols(subprotocols);
        request.addExtensions("permessage-deflate");
        var unused = client.connect(new Listener(received), request).whenComplete((session, failure) -> {
            if (failure != null) {
                received.failed(failure);
            }
        });
    }

    @Override
    public void close() {
        LifeCycle.stop(client);
    }

    /** Public, because the library calls it by its name. */
    public static final class Listener implements Session.Listener.AutoDemanding {
        private final Received received;

        Listener(Received received) {
            this.received = received;
        }

        @Override
        public void onWebSocketOpen(Session session) {
            received.opened(new JettyConnection(session));
        }

        @Override
        public void onWebSocketText(String text) {
            received.text(text);
        }

        @Override
        public void onWebSocketClose(int code, String reason, Callback callback) {
            received.closed(code, reason);
            callback.succeed();
        }
    }

    private record JettyConnection(Session session) implements Connection {
        @Override
        public String subprotocol() {
            String accepted = session.getUpgradeResponse().getAcceptedSubProtocol();
            return accepted == null ? "" : accepted;
        }

        @Override
        public String extensions() {
            String header = session.getUpgradeResponse().getHeader("Sec-WebSocket-Extensions");
            return header == null ? "" : header;
        }

        @Override
        public void send(String text) {
            session.sendText(text, Callback.NOOP);
        }

        @Override
        public void sendParts(List<String> parts) {
            for (int i = 0; i < parts.size(); i++) {
                session.sendPartialText(parts.get(i), i == parts.size() - 1, Callback.NOOP);
            }
        }

        @Override
        public void close(int code, String reason) {
            session.close(code, reason, Callback.NOOP);
        }
    }
}
