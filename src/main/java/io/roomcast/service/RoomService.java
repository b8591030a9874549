package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;

/**
 * What a connection can ask for. Frames of one session come one after the other; different sessions, and the end of a session, come on any
 * thread. No method blocks and none throws because of what a client sent: the session is answered instead.
 */
@ApplicationScoped
public class RoomService {
    private Authentication authentication;
    private Entrance entrance;
    private Sessions sessions;
    private Joining joining;
    private Talking talking;
    private RateLimits rates;
    private Refusal refusal;
    private NodeMetrics metrics;
    private Node node;
    private long heartbeatMs;
    private Limits limits;
    private RunningTime time;

    /** For the container's proxy. */
    protected RoomService() {}

    @Inject
    public RoomService(
            Authentication authentication,
            Entrance entrance,
            Sessions sessions,
            Joining joining,
            Talking talking,
            RateLimits rates,
            Refusal refusal,
            NodeMetrics metrics,
            Node node,
            Limits limits,
            RunningTime time,
            RoomcastConfig config) {
        this.authentication = authentication;
        this.entrance = entrance;
        this.sessions = sessions;
        this.joining = joining;
        this.talking = talking;
        this.rates = rates;
        this.refusal = refusal;
        this.metrics = metrics;
        this.node = node;
        this.heartbeatMs = config.get(Keys.HEARTBEAT).toMillis();
        this.limits = limits;
        this.time = time;
    }

    /**
     * A connection has opened. One to {@code /ws/{room}/{user}} joins the room, as soon as it is known who it is.
     *
     * @throws ProtocolException when it may not come in; then there is no session
     */
    public RoomSession open(Transport transport, Address address, Arrival arrival) {
        Identity identity = authentication.wantsToken() ? null : identify(address, arrival);
        RoomSession session = admit(transport, address, arrival, identity);
        if (identity != null) {
            joinHome(session);
        }
        return session;
    }

    private RoomSession admit(Transport transport, Address address, Arrival arrival, Identity identity) {
        RoomSession session = null;
        try {
            session = sessions.open(transport, address, arrival.network());
            if (identity != null) {
                sessions.identify(session, identity);
            }
            return session;
        } catch (ProtocolException e) {
            metrics.refused(e.code().wire());
            if (session != null) {
                sessions.remove(session, CloseCode.TRY_AGAIN_LATER.number());
            }
            throw e;
        }
    }

    private Identity identify(Address address, Arrival arrival) {
        try {
            return authentication.identify(address.user() == null ? Sessions.guest() : address.user(), arrival);
        } catch (ProtocolException e) {
            metrics.refused(e.code().wire());
            throw e;
        }
    }

    private void joinHome(RoomSession session) {
        if (session.home() != null) {
            // Not a frame of the client's: a hello may still come first.
            ClientFrame.Join join = new ClientFrame.Join(null, session.home(), session.since());
            attempt(session, null, null, session.home(), () -> joining.join(session, join));
        }
    }

    /** So many bytes came from a client, whatever they mean. */
    public void received(long bytes) {
        metrics.bytesReceived(bytes);
    }

    /** A frame of a session that is being closed is passed over: whoever was sent away can do nothing more. */
    public void receive(RoomSession session, ClientFrame frame) {
        if (!session.isOpen() || entrance.seesOut(session, Instant.now())) {
            return;
        }
        heard(session);
        metrics.frameReceived();
        try {
            if (!session.hold(frame)) {
                serve(session, frame);
            }
        } catch (ProtocolException e) {
            refusal.answer(session, frame.id(), null, null, e);
        }
    }

    private void serve(RoomSession session, ClientFrame frame) {
        if (frame instanceof ClientFrame.Hello hello) {
            hello(session, hello);
            return;
        }
        if (session.identity() == null && !(frame instanceof ClientFrame.Ping)) {
            throw new ProtocolException(ErrorCode.UNAUTHENTICATED, "say hello with a token first");
        }
        session.settle();
        if (!(frame instanceof ClientFrame.Publish)) {
            rates.request(session);
        }
        if (frame instanceof ClientFrame.Publish publish) {
            RoomName room = room(session, publish.room());
            attempt(session, publish.id(), publish.key(), room, () -> talking.publish(session, publish, room));
        } else if (frame instanceof ClientFrame.Signal signal) {
            RoomName room = room(session, signal.room());
            attempt(session, signal.id(), null, room, () -> talking.signal(session, signal, room));
        } else if (frame instanceof ClientFrame.Join join) {
            RoomName room = room(session, join.room());
            attempt(session, join.id(), null, room, () -> {
                requireRoom(room);
                joining.join(session, new ClientFrame.Join(join.id(), room, join.since()));
            });
        } else if (frame instanceof ClientFrame.Leave leave) {
            RoomName room = room(session, leave.room());
            attempt(session, leave.id(), null, room, () -> leave(session, leave, room));
        } else if (frame instanceof ClientFrame.History history) {
            RoomName room = room(session, history.room());
            attempt(session, history.id(), null, room, () -> talking.history(session, history, room));
        } else if (frame instanceof ClientFrame.Members members) {
            RoomName room = room(session, members.room());
            attempt(session, members.id(), null, room, () -> talking.members(session, members, room));
        } else if (frame instanceof ClientFrame.Refresh refresh) {
            attempt(session, refresh.id(), null, null, () -> refresh(session, refresh));
        } else if (frame instanceof ClientFrame.Ping ping) {
            session.reply(new ServerFrame.Pong(ping.id()));
        }
    }

    /** A line that is no frame. */
    public void receiveBad(RoomSession session, BadFrameException bad) {
        if (!session.isOpen()) {
            return;
        }
        heard(session);
        metrics.frameReceived();
        refusal.answer(session, bad.answer());
    }

    /** A WebSocket message over {@code roomcast.limits.frame-bytes}: the rest of it cannot be told from a next one. */
    public void refuseTooLarge(RoomSession session) {
        metrics.refused(ErrorCode.TOO_LARGE.wire());
        metrics.limitReached(LimitKeys.FRAME_BYTES.name());
        session.queue().close(CloseCode.TOO_LARGE, "a WebSocket message may have " + maxFrameBytes() + " bytes");
    }

    /** Bytes that a WebSocket message may have now. */
    public long maxFrameBytes() {
        return limits.get(LimitKeys.FRAME_BYTES);
    }

    /** Any sign of life, such as a pong. */
    public void heard(RoomSession session) {
        session.heard(time.getAsLong());
    }

    /**
     * The connection has ended. Idempotent.
     *
     * @param code as it was closed, by whichever side
     */
    public void closed(RoomSession session, int code) {
        if (sessions.remove(session, code)) {
            joining.leaveAll(session);
        }
    }

    private void hello(RoomSession session, ClientFrame.Hello hello) {
        if (session.home() != null
                && hello.user() != null
                && !hello.user().equals(session.user())
                && !hello.user().equals(session.addressedUser())) {
            refusal.answer(
                    session, hello.id(), null, null, ErrorCode.BAD_REQUEST, "the address names the user already");
        } else if (session.identity() == null) {
            entrance.enter(session, hello, () -> {
                session.settle();
                welcome(session, hello.id());
                joinHome(session);
                serveHeld(session);
            });
        } else if (session.greet()) {
            if (hello.user() != null && !session.identity().proven()) {
                sessions.identify(session, Identity.claimed(hello.user()));
            }
            welcome(session, hello.id());
        } else {
            refusal.answer(session, hello.id(), null, null, ErrorCode.BAD_REQUEST, "hello must be the first frame");
        }
    }

    private void welcome(RoomSession session, Long id) {
        ServerFrame.Limits told = new ServerFrame.Limits(
                maxFrameBytes(), limits.get(LimitKeys.CONTENT_BYTES), Math.toIntExact(limits.get(LimitKeys.ROOMS)));
        session.reply(new ServerFrame.Welcome(
                id, session.user().value(), node.name(), heartbeatMs, told, Entrance.expiresInMs(session)));
    }

    private void serveHeld(RoomSession session) {
        for (List<ClientFrame> held = session.takeHeld(); !held.isEmpty(); held = session.takeHeld()) {
            held.forEach(frame -> attempt(session, frame.id(), null, null, () -> serve(session, frame)));
        }
    }

    private void refresh(RoomSession session, ClientFrame.Refresh frame) {
        if (!authentication.wantsToken()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "no tokens are wanted here");
        }
        entrance.refresh(session, frame);
    }

    private void leave(RoomSession session, ClientFrame.Leave leave, RoomName room) {
        requireRoom(room);
        if (!joining.leave(session, room)) {
            throw new ProtocolException(ErrorCode.NOT_JOINED, "not in the room");
        }
        session.reply(new ServerFrame.Left(leave.id(), room.value()));
    }

    private void attempt(RoomSession session, Long id, String key, RoomName room, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            refusal.answer(session, id, key, room, e);
        }
    }

    private static RoomName room(RoomSession session, RoomName named) {
        return named == null ? session.home() : named;
    }

    private static void requireRoom(RoomName room) {
        if (room == null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "room is missing");
        }
    }
}
