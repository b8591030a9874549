package io.roomcast.websocket;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserName;
import io.roomcast.service.RoomService;
import io.roomcast.service.admission.InboundMessages;
import io.roomcast.service.session.ConnectRequest;
import jakarta.inject.Inject;
import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.nio.ByteBuffer;
import java.util.List;

/** The endpoint for any number of rooms on one connection. */
@ServerEndpoint(
        value = "/ws",
        subprotocols = {Subprotocol.V1, Subprotocol.V1_DEFLATE},
        decoders = ClientFrameDecoder.class,
        encoders = ServerFrameEncoder.class,
        configurator = ClientOriginConfigurator.class)
public class MultiRoomEndpoint {

    @Inject
    private RoomService service;

    @Inject
    private InboundMessages inbound;

    @Inject
    private ClientFrameDecoder decoder;

    @Inject
    private TransportChooser transports;

    @OnOpen
    public void open(Session session) {
        try {
            Endpoints.requireNoToken(session);
            List<String> names = session.getRequestParameterMap().getOrDefault("user", List.of());
            UserName user = names.isEmpty() ? null : new UserName(names.get(0));
            EndpointConnection.open(
                    session,
                    service,
                    inbound,
                    service.open(
                            transports.of(session),
                            ConnectRequest.ofUser(user),
                            ClientOriginConfigurator.origin(session)),
                    decoder);
        } catch (ProtocolException e) {
            EndpointConnection.refuse(session, e);
        }
    }

    @OnMessage
    public void text(String part, boolean last, Session session) {
        Endpoints.text(session, part, last);
    }

    @OnMessage
    public void binary(ByteBuffer part, boolean last, Session session) {
        Endpoints.binary(session, part, last);
    }

    @OnMessage
    public void pong(PongMessage pong, Session session) {
        Endpoints.pong(session);
    }

    @OnError
    public void error(Session session, Throwable failure) {
        Endpoints.error(session, failure);
    }

    @OnClose
    public void close(Session session, CloseReason reason) {
        Endpoints.close(session, reason);
        transports.end(session);
    }
}
