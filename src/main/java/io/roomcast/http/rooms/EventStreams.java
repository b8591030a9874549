package io.roomcast.http.rooms;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.service.LeasedSessions;
import io.roomcast.service.RoomService;
import io.roomcast.service.SessionTickets;
import io.roomcast.service.session.ClientSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Serves streams of server-sent events. A stream is a session, which gets its frames as events and lasts as long as the
 * response. The id of the last event brings a client back to its positions, on any node. Any thread; no method waits.
 */
@ApplicationScoped
public class EventStreams {
    private LeasedSessions leases;
    private RoomService service;
    private Limits limits;

    /** For the container's proxy. */
    protected EventStreams() {}

    @Inject
    public EventStreams(LeasedSessions leases, RoomService service, Limits limits) {
        this.leases = leases;
        this.service = service;
        this.limits = limits;
    }

    /**
     * Begins a stream.
     *
     * @throws ProtocolException if the stream is refused; nothing is written then
     */
    void serve(RoomsRequest request, Callers.Caller caller, RoomsResponse response) {
        String names = request.query().get("rooms");
        if (names == null || names.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "rooms must have names of rooms, separated by commas");
        }
        String lastEventId = request.lastEventId() == null ? request.query().get("lastEventId") : request.lastEventId();
        String[] named = names.split(",", -1);
        // Before the rest is read, which costs more with each room.
        limits.require(
                LimitKeys.ROOMS,
                Math.max(named.length, EventPositions.rooms(lastEventId)),
                ErrorCode.TOO_MANY_ROOMS,
                "a session may be in " + limits.get(LimitKeys.ROOMS) + " rooms");
        List<RoomName> rooms =
                Arrays.stream(named).map(RoomName::new).distinct().toList();
        Map<RoomName, Position> positions = EventPositions.read(lastEventId);
        String ticket = request.ticket() == null ? request.query().get("session") : request.ticket();
        new Stream(response).begin(request, caller, ticket, rooms, positions);
    }

    /** One stream. */
    private final class Stream implements EventTransport.Listener {
        private final RoomsResponse response;
        private final EventTransport transport = new EventTransport(this);
        private volatile ClientSession session;
        private volatile boolean hasEnded;
        private volatile CloseCode endCode;

        Stream(RoomsResponse response) {
            this.response = response;
        }

        void begin(
                RoomsRequest request,
                Callers.Caller caller,
                String ticket,
                List<RoomName> rooms,
                Map<RoomName, Position> positions) {
            SessionTickets.Named named = caller.session(ticket);
            response.beginEvents();
            ClientSession begun =
                    leases.begin(named == null ? null : named.id(), transport, request.origin(), caller.identity());
            response.becomeSession();
            response.whenGone(() -> transport.end(null));
            synchronized (this) {
                session = begun;
            }
            if (hasEnded) {
                endSession();
            }
            leases.greet(session, named == null || named.isOld() ? caller.newTicket(session.id()) : ticket);
            leases.join(
                    session,
                    rooms.stream()
                            .map(room -> new ClientFrame.Join(null, room, positions.get(room), true))
                            .toList(),
                    () -> {});
        }

        @Override
        public void write(byte[] bytes, Consumer<Throwable> completion) {
            response.writePart(bytes, completion);
        }

        @Override
        public void onTaken() {
            ClientSession known = session;
            if (known != null) {
                service.markAlive(known);
            }
        }

        @Override
        public void onEnd(CloseCode code) {
            synchronized (this) {
                hasEnded = true;
                endCode = code;
                if (session == null) {
                    return; // begin() goes on.
                }
            }
            endSession();
        }

        private void endSession() {
            CloseCode code = endCode;
            if (code == null || code.keepsLease()) {
                leases.endRequest(session);
            } else {
                leases.end(session, code);
            }
            if (code == CloseCode.SLOW_CONSUMER) {
                response.cut();
            } else {
                response.end();
            }
        }
    }
}
