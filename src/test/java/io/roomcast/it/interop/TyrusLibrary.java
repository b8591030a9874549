package io.roomcast.it.interop;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import org.glassfish.tyrus.client.ClientManager;

/** Tyrus, by the API of Jakarta WebSocket. It sends an {@code Origin} unasked. */
final class TyrusLibrary implements Library {
    private final ClientManager client = ClientManager.createClient();

    @Override
    public void open(URI uri, List<String> subprotocols, Received received) throws IOException {
        ClientEndpointConfig config = ClientEndpointConfig.Builder.create()
                .preferredSubprotocols(subprotocols)
                .build();
        try {
            received.opened(new TyrusConnection(client.connectToServer(new Listening(received), config, uri)));
        } catch (DeploymentException e) {
            received.failed(e);
        }
    }

    @Override
    public void close() {
        client.shutdown();
    }

    private static final class Listening extends Endpoint {
        private final Received received;

        Listening(Received received) {
            this.received = received;
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) received::text);
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            received.closed(reason.getCloseCode().getCode(), reason.getReasonPhrase());
        }
    }

    private record TyrusConnection(Session session) implements Connection {
        @Override
        public String subprotocol() {
            return session.getNegotiatedSubprotocol() == null ? "" : session.getNegotiatedSubprotocol();
        }

        @Override
        public String extensions() {
            return session.getNegotiatedExtensions().stream()
                    .map(Extension::getName)
                    .collect(Collectors.joining());
        }

        @Override
        public void send(String text) {
            sendParts(List.of(text));
        }

        @Override
        public void sendParts(List<String> parts) {
            try {
                for (int i = 0; i < parts.size(); i++) {
                    session.getBasicRemote().sendText(parts.get(i), i == parts.size() - 1);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close(int code, String reason) {
            try {
                session.close(new CloseReason(CloseCodes.getCloseCode(code), reason));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
