package io.roomcast.websocket;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.Subprotocol;
import io.roomcast.protocol.UserId;
import io.roomcast.service.RoomService;
import io.roomcast.service.admission.UnfinishedMessages;
import io.roomcast.service.session.ConnectRequest;
import jakarta.enterprise.context.Dependent;
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

/** The endpoint of connections with any number of rooms. */
@Dependent
@ServerEndpoint(
        value = "/ws",
        subprotocols = {Subprotocol.V1, Subprotocol.V1_DEFLATE},
        // The container cannot decode parts of messages. EndpointConnection joins the parts, and calls the decoder for
        // each line. The attribute declares which frames the endpoint accepts.
        decoders = ClientFrameDecoder.class,
        encoders = ServerFrameEncoder.class,
        configurator = ClientOriginConfigurator.class)
public class MultiRoomEndpoint {

    @Inject
    private RoomService service;

    @Inject
    private UnfinishedMessages unfinishedMessages;

    @Inject
    private ClientFrameDecoder decoder;

    @Inject
    private TransportChooser transports;

    @OnOpen
    public void onOpen(Session session) {
        try {
            ConnectRequest request = Endpoints.read(session, service, query -> request(session, query));
            EndpointConnection.open(
                    session,
                    service,
                    unfinishedMessages,
                    service.open(transports.choose(session), request, ClientOriginConfigurator.origin(session)),
                    decoder,
                    transports);
        } catch (ProtocolException e) {
            EndpointConnection.refuse(session, e);
        }
    }

    private static ConnectRequest request(Session session, QueryParameters query) {
        String user = query.get("user");
        return ConnectRequest.ofUser(
                user == null ? null : new UserId(user), Subprotocol.known(session.getNegotiatedSubprotocol()));
    }

    @OnMessage
    public void onText(String part, boolean last, Session session) {
        Endpoints.onText(session, part, last);
    }

    @OnMessage
    public void onBinary(ByteBuffer part, boolean last, Session session) {
        Endpoints.onBinary(session, part, last);
    }

    @OnMessage
    public void onPong(PongMessage pong, Session session) {
        Endpoints.onPong(session);
    }

    @OnError
    public void onError(Session session, Throwable failure) {
        Endpoints.onError(session, failure);
    }

    @OnClose
    public void onClose(Session session, CloseReason reason) {
        Endpoints.onClose(session, reason);
        transports.end(session);
    }
}
