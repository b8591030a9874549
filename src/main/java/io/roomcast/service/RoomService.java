package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.UserName;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * What a connection can ask for. Frames of one session come one after the other; different sessions, and the end of a session, come on any
 * thread. No method blocks and none throws because of what a client sent: the session is answered instead.
 */
@ApplicationScoped
public class RoomService {
    private Sessions sessions;
    private Joining joining;
    private Talking talking;
    private Refusal refusal;
    private NodeMetrics metrics;
    private Node node;
    private long heartbeatMs;
    private ServerFrame.Limits limits;

    /** For the container's proxy. */
    protected RoomService() {}

    @Inject
    public RoomService(
            Sessions sessions,
            Joining joining,
            Talking talking,
            Refusal refusal,
            NodeMetrics metrics,
            Node node,
            RoomcastConfig config) {
        this.sessions = sessions;
        this.joining = joining;
        this.talking = talking;
        this.refusal = refusal;
        this.metrics = metrics;
        this.node = node;
        this.heartbeatMs = config.get(Keys.HEARTBEAT).toMillis();
        this.limits = new ServerFrame.Limits(
                config.get(Keys.FRAME_BYTES), config.get(Keys.CONTENT_BYTES), config.get(Keys.ROOMS));
    }

    /**
     * A connection to {@code /ws}.
     *
     * @param user from the address, or null for a guest
     */
    public RoomSession open(Transport transport, UserName user) {
        return sessions.open(transport, user, null, false);
    }

    /**
     * A connection to {@code /ws/{room}/{user}}: joins the room.
     *
     * @param since last position that the client has, or null
     * @param plain whether the client named no subprotocol
     */
    public RoomSession open(Transport transport, UserName user, RoomName room, Position since, boolean plain) {
        RoomSession session = sessions.open(transport, user, room, plain);
        // Not a frame of the client's: a hello may still come first.
        attempt(session, null, null, room, () -> joining.join(session, new ClientFrame.Join(null, room, since)));
        return session;
    }

    public void receive(RoomSession session, ClientFrame frame) {
        heard(session);
        metrics.frameReceived();
        if (frame instanceof ClientFrame.Hello hello) {
            hello(session, hello);
            return;
        }
        session.settle();
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
        } else if (frame instanceof ClientFrame.Ping ping) {
            session.reply(new ServerFrame.Pong(ping.id()));
        }
    }

    /** A line that is no frame. */
    public void receiveBad(RoomSession session, BadFrameException bad) {
        heard(session);
        metrics.frameReceived();
        refusal.answer(session, bad.answer());
    }

    /** A WebSocket message over {@code roomcast.limits.frame-bytes}: the rest of it cannot be told from a next one. */
    public void refuseTooLarge(RoomSession session) {
        metrics.refused(ErrorCode.TOO_LARGE.wire());
        session.queue().close(CloseCode.TOO_LARGE, "a WebSocket message may have " + limits.frameBytes() + " bytes");
    }

    /** Any sign of life, such as a pong. */
    public void heard(RoomSession session) {
        session.heard(System.nanoTime());
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
        if (session.home() != null && hello.user() != null && !hello.user().equals(session.user())) {
            refusal.answer(
                    session, hello.id(), null, null, ErrorCode.BAD_REQUEST, "the address names the user already");
        } else if (session.greet(hello.user())) {
            session.reply(
                    new ServerFrame.Welcome(hello.id(), session.user().value(), node.name(), heartbeatMs, limits));
        } else {
            refusal.answer(session, hello.id(), null, null, ErrorCode.BAD_REQUEST, "hello must be the first frame");
        }
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
