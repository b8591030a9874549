package io.roomcast.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
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
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * The endpoint of connections with one room, named in the URL. The client joins the room when the connection opens, and
 * leaves it when the connection closes.
 */
@Dependent
@ServerEndpoint(
        value = "/ws/{room}/{user}",
        subprotocols = {Subprotocol.V1, Subprotocol.V1_DEFLATE},
        // The container cannot decode parts of messages. EndpointConnection joins the parts, and calls the decoder for
        // each line. The attribute declares which frames the endpoint accepts.
        decoders = ClientFrameDecoder.class,
        encoders = ServerFrameEncoder.class,
        configurator = ClientOriginConfigurator.class)
public class SingleRoomEndpoint {

    @Inject
    private RoomService service;

    @Inject
    private UnfinishedMessages unfinishedMessages;

    @Inject
    private ClientFrameDecoder decoder;

    @Inject
    private TransportChooser transports;

    @OnOpen
    public void onOpen(Session session, @PathParam("room") String room, @PathParam("user") String user) {
        try {
            ConnectRequest request = Endpoints.read(session, service, () -> request(session, room, user));
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

    private static ConnectRequest request(Session session, String room, String user) {
        RoomName roomName = new RoomName(room);
        UserId userId = UserId.ofAddress(user, userInQuery(session.getQueryString()));
        List<String> since = session.getRequestParameterMap().getOrDefault("since", List.of());
        Position position = since.isEmpty() ? null : Position.parse(since.get(0));
        return new ConnectRequest(userId, roomName, position, Subprotocol.known(session.getNegotiatedSubprotocol()));
    }

    /**
     * The parameter {@code user} of the query, or null. The session's map of parameters does not tell it from the part
     * of the path with the same name.
     */
    private static String userInQuery(String query) {
        return query == null
                ? null
                : Stream.of(query.split("&", -1))
                        .filter(parameter -> parameter.startsWith("user="))
                        .map(parameter -> URLDecoder.decode(parameter.substring("user=".length()), UTF_8))
                        .findFirst()
                        .orElse(null);
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
