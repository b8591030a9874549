package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.RunningTime;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.service.admission.Authentication;
import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.service.admission.RateLimits;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.ConnectRequest;
import io.roomcast.service.session.InFlight;
import io.roomcast.service.session.RoomRequests;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Serves the frames of WebSocket sessions. Frames of one session arrive one after the other; different sessions, and
 * the end of a session, come on any thread. No method blocks, and none throws because of what a client sent: the client
 * is answered instead.
 */
@ApplicationScoped
public class RoomService {
    private Authentication authentication;
    private TokenAdmission tokenAdmission;
    private SessionRegistry sessions;
    private RoomJoins joins;
    private Messaging messaging;
    private RateLimits rates;
    private InFlight inFlight;
    private ErrorReplies errors;
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
            TokenAdmission tokenAdmission,
            SessionRegistry sessions,
            RoomJoins joins,
            Messaging messaging,
            RateLimits rates,
            InFlight inFlight,
            ErrorReplies errors,
            NodeMetrics metrics,
            Node node,
            Limits limits,
            RunningTime time,
            RoomcastConfig config) {
        this.authentication = authentication;
        this.tokenAdmission = tokenAdmission;
        this.sessions = sessions;
        this.joins = joins;
        this.messaging = messaging;
        this.rates = rates;
        this.inFlight = inFlight;
        this.errors = errors;
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
    public ClientSession open(Transport transport, ConnectRequest address, ClientOrigin origin) {
        Identity identity = authentication.wantsToken() ? null : identify(address, origin);
        ClientSession session = admit(transport, address, origin, identity);
        if (identity != null) {
            joinHome(session);
        }
        return session;
    }

    private ClientSession admit(Transport transport, ConnectRequest address, ClientOrigin origin, Identity identity) {
        ClientSession session = null;
        try {
            session = sessions.open(transport, address, origin.network());
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

    private Identity identify(ConnectRequest address, ClientOrigin origin) {
        try {
            return authentication.identify(address.user() == null ? SessionRegistry.guest() : address.user(), origin);
        } catch (ProtocolException e) {
            metrics.refused(e.code().wire());
            throw e;
        }
    }

    private void joinHome(ClientSession session) {
        if (session.boundRoom() != null) {
            // Not a frame of the client's: a hello may still come first.
            ClientFrame.Join join = new ClientFrame.Join(null, session.boundRoom(), session.since());
            ask(
                    session,
                    join,
                    null,
                    session.boundRoom(),
                    true,
                    request -> joins.join(session, join, request),
                    () -> {});
        }
    }

    /** Counts bytes from a client, whatever they mean. */
    public void received(long bytes) {
        metrics.add(Counter.BYTES_RECEIVED, bytes);
    }

    /** Serves a frame. Frames of a session that is being closed are ignored. */
    public void receive(ClientSession session, ClientFrame frame) {
        if (!session.isOpen() || tokenAdmission.closeIfExpired(session)) {
            return;
        }
        heard(session);
        metrics.increment(Counter.FRAMES_RECEIVED);
        try {
            if (!session.deferWhileVerifying(frame, inFlight)) {
                serve(session, frame);
            }
        } catch (ProtocolException e) {
            errors.answer(session, frame.id(), null, null, e);
        }
    }

    private void serve(ClientSession session, ClientFrame frame) {
        if (frame instanceof ClientFrame.Hello hello) {
            hello(session, hello);
            return;
        }
        if (frame instanceof ClientFrame.Invalid invalid) {
            refuse(session, invalid);
            return;
        }
        if (session.identity() == null && !(frame instanceof ClientFrame.Ping)) {
            throw new ProtocolException(ErrorCode.UNAUTHENTICATED, "say hello with a token first");
        }
        session.lockIdentity();
        if (frame instanceof ClientFrame.Publish publish) {
            ask(
                    session,
                    publish,
                    publish.key(),
                    publish.room(),
                    false,
                    (room, request) -> messaging.publish(session, publish, room, request));
        } else if (frame instanceof ClientFrame.Signal signal) {
            ask(session, signal, null, signal.room(), false, (room, request) -> {
                rates.request(session);
                messaging.signal(session, signal, room, request);
            });
        } else if (frame instanceof ClientFrame.Join join) {
            join(session, join);
        } else if (frame instanceof ClientFrame.Leave leave) {
            askAlone(session, leave, leave.room(), (room, request) -> {
                ServerFrame left = new ServerFrame.Left(leave.id(), room.value());
                joins.leave(session, room, request, () -> session.reply(left));
            });
        } else if (frame instanceof ClientFrame.History history) {
            askAlone(
                    session,
                    history,
                    history.room(),
                    (room, request) -> messaging.history(session, history, room, request));
        } else if (frame instanceof ClientFrame.Members members) {
            askAlone(
                    session,
                    members,
                    members.room(),
                    (room, request) -> messaging.members(session, members, room, request));
        } else if (frame instanceof ClientFrame.Refresh refresh) {
            rates.request(session);
            refresh(session, refresh);
        } else if (frame instanceof ClientFrame.Ping ping) {
            rates.request(session);
            session.reply(new ServerFrame.Pong(ping.id()));
        } else {
            throw new IllegalStateException("nothing serves " + frame.getClass());
        }
    }

    private void refuse(ClientSession session, ClientFrame.Invalid invalid) {
        BadFrameException why = invalid.why();
        if (session.identity() == null) {
            errors.answer(session, why);
        } else {
            ask(
                    session,
                    invalid,
                    why.answer().key(),
                    invalid.room(),
                    false,
                    (room, request) -> request.answer(() -> errors.answer(session, why)));
        }
    }

    private void join(ClientSession session, ClientFrame.Join join) {
        askAlone(
                session,
                join,
                join.room(),
                (room, request) -> joins.join(session, new ClientFrame.Join(join.id(), room, join.since()), request));
    }

    private void askAlone(
            ClientSession session,
            ClientFrame frame,
            RoomName room,
            BiConsumer<RoomName, RoomRequests.Request> action) {
        ask(session, frame, null, room, true, (named, request) -> {
            rates.request(session);
            action.accept(named, request);
        });
    }

    /**
     * Queues a request about a room. A refusal is answered in the order of requests; only {@code busy} is answered at
     * once, because it says that too many wait.
     */
    private void ask(
            ClientSession session,
            ClientFrame frame,
            String key,
            RoomName named,
            boolean alone,
            BiConsumer<RoomName, RoomRequests.Request> action) {
        RoomName room = named == null ? session.boundRoom() : named;
        try {
            if (room == null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "room is missing");
            }
            Runnable end = inFlight.begin(session, frame.bytes());
            ask(session, frame, key, room, alone, request -> action.accept(room, request), end);
        } catch (ProtocolException e) {
            errors.answer(session, frame.id(), key, room, e);
        }
    }

    private void ask(
            ClientSession session,
            ClientFrame frame,
            String key,
            RoomName room,
            boolean alone,
            Consumer<RoomRequests.Request> action,
            Runnable end) {
        Consumer<RoomRequests.Request> attempt = request -> {
            try {
                if (session.queue().isClosedByNode()) {
                    request.answer(() -> {});
                } else {
                    action.accept(request);
                }
            } catch (RuntimeException e) {
                request.answer(() -> errors.answer(session, frame.id(), key, room, e));
            }
        };
        session.requests().ask(room, alone, attempt, end);
    }

    /** Answers a line that is no valid frame. */
    public void receiveBad(ClientSession session, BadFrameException bad) {
        ClientFrame.Invalid request = bad.request();
        if (request != null && (request.room() != null || session.boundRoom() != null)) {
            receive(session, request);
            return;
        }
        if (!session.isOpen()) {
            return;
        }
        heard(session);
        metrics.increment(Counter.FRAMES_RECEIVED);
        errors.answer(session, bad);
    }

    /**
     * Closes a session whose WebSocket message is over {@code roomcast.limits.frame-bytes}: the rest of that message
     * cannot be told from the next one.
     */
    public void refuseTooLarge(ClientSession session) {
        metrics.refused(ErrorCode.TOO_LARGE.wire());
        metrics.limitReached(LimitKeys.FRAME_BYTES.name());
        session.queue().close(CloseCode.TOO_LARGE, "a WebSocket message may have " + maxFrameBytes() + " bytes");
    }

    /** Bytes that a WebSocket message may have now. */
    public long maxFrameBytes() {
        return limits.get(LimitKeys.FRAME_BYTES);
    }

    /** Any sign of life, such as a pong. */
    public void heard(ClientSession session) {
        session.heard(time.getAsLong());
    }

    /**
     * The connection has ended. Idempotent.
     *
     * @param code as it was closed, by whichever side
     */
    public void closed(ClientSession session, int code) {
        boolean dismissed = session.queue().isClosedByNode();
        if (sessions.remove(session, code)) {
            session.end();
            joins.leaveAll(session, dismissed);
        }
    }

    private void hello(ClientSession session, ClientFrame.Hello hello) {
        if (session.boundRoom() != null
                && hello.user() != null
                && !hello.user().equals(session.user())
                && !hello.user().equals(session.addressedUser())) {
            errors.answer(session, hello.id(), null, null, ErrorCode.BAD_REQUEST, "the address names the user already");
        } else if (session.identity() == null) {
            tokenAdmission.enter(session, hello, () -> {
                session.lockIdentity();
                welcome(session, hello.id());
                joinHome(session);
                serveHeld(session);
            });
        } else if (session.firstHello()) {
            if (hello.user() != null && !session.identity().proven()) {
                sessions.identify(session, Identity.claimed(hello.user()));
            }
            welcome(session, hello.id());
        } else {
            errors.answer(session, hello.id(), null, null, ErrorCode.BAD_REQUEST, "hello must be the first frame");
        }
    }

    private void welcome(ClientSession session, Long id) {
        ServerFrame.Limits told = new ServerFrame.Limits(
                maxFrameBytes(), limits.get(LimitKeys.CONTENT_BYTES), Math.toIntExact(limits.get(LimitKeys.ROOMS)));
        session.reply(new ServerFrame.Welcome(
                id, session.user().value(), node.name(), heartbeatMs, told, tokenAdmission.expiresInMs(session)));
    }

    private void serveHeld(ClientSession session) {
        for (List<ClientSession.Deferred> held = session.takeDeferred();
                !held.isEmpty();
                held = session.takeDeferred()) {
            for (ClientSession.Deferred each : held) {
                each.end().run();
                try {
                    serve(session, each.frame());
                } catch (ProtocolException e) {
                    errors.answer(session, each.frame().id(), null, null, e);
                }
            }
        }
    }

    private void refresh(ClientSession session, ClientFrame.Refresh frame) {
        if (!authentication.wantsToken()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "no tokens are wanted here");
        }
        tokenAdmission.refresh(session, frame);
    }
}
