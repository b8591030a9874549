package io.roomcast.service;

import io.roomcast.config.LimitKeys;
import io.roomcast.identity.Identity;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
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
import io.roomcast.service.operations.Refusals;
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
 * Serves the frames of WebSocket sessions. The frames of one session arrive one after the other. Frames of different
 * sessions, and the end of a session, arrive on any thread. No method blocks. No method throws because of a frame. The
 * client gets an error instead.
 */
@ApplicationScoped
public class RoomService {
    private Entrance entrance;
    private Refusals refusals;
    private Authentication authentication;
    private TokenAdmission tokenAdmission;
    private SessionRegistry sessions;
    private RoomJoins joins;
    private Messaging messaging;
    private Searching searching;
    private RateLimits rates;
    private InFlight inFlight;
    private ErrorReplies errors;
    private NodeMetrics metrics;
    private Greeting greeting;
    private Limits limits;
    private RunningTime time;

    /** For the container's proxy. */
    protected RoomService() {}

    @Inject
    public RoomService(
            Entrance entrance,
            Refusals refusals,
            Authentication authentication,
            TokenAdmission tokenAdmission,
            SessionRegistry sessions,
            RoomJoins joins,
            Messaging messaging,
            Searching searching,
            RateLimits rates,
            InFlight inFlight,
            ErrorReplies errors,
            NodeMetrics metrics,
            Greeting greeting,
            Limits limits,
            RunningTime time) {
        this.entrance = entrance;
        this.refusals = refusals;
        this.authentication = authentication;
        this.tokenAdmission = tokenAdmission;
        this.sessions = sessions;
        this.joins = joins;
        this.messaging = messaging;
        this.searching = searching;
        this.rates = rates;
        this.inFlight = inFlight;
        this.errors = errors;
        this.metrics = metrics;
        this.greeting = greeting;
        this.limits = limits;
        this.time = time;
    }

    /**
     * Opens a session for a connection. A connection to {@code /ws/{room}/{user}} joins when its user is known.
     *
     * @throws ProtocolException if the connection is refused; no session is left open then
     */
    public ClientSession open(Transport transport, ConnectRequest request, ClientOrigin origin) {
        ClientSession session = entrance.open(transport, request, origin);
        if (session.identity() != null) {
            joinUrlRoom(session);
        }
        return session;
    }

    /**
     * Counts a connection that is refused because of its URL.
     *
     * @param origin null if the connection was not checked
     */
    public void countRefused(ProtocolException refusal, ClientOrigin origin) {
        entrance.countRefused(refusal, origin);
    }

    private void joinUrlRoom(ClientSession session) {
        RoomName room = session.urlRoom();
        if (room != null) {
            // The client did not send this join. So the join does not lock the identity, and a hello may follow.
            ClientFrame.Join join = new ClientFrame.Join(null, room, session.since(), session.isPresentInUrlRoom());
            queueRequest(session, join, null, room, true, request -> joins.join(session, join, request), () -> {});
        }
    }

    /** Counts bytes that a client has sent, valid or not. */
    public void countBytes(long bytes) {
        metrics.add(Counter.BYTES_RECEIVED, bytes);
    }

    /** Serves a frame. Ignores the frame if the session is closing, or if the token of the session has expired. */
    public void receive(ClientSession session, ClientFrame frame) {
        if (!session.isOpen() || tokenAdmission.closeIfExpired(session)) {
            return;
        }
        markAlive(session);
        metrics.increment(Counter.FRAMES_RECEIVED);
        try {
            if (!session.deferWhileVerifying(frame, inFlight)) {
                serve(session, frame);
            }
        } catch (ProtocolException e) {
            errors.answerFailure(session, frame.id(), null, null, e);
        }
    }

    private void serve(ClientSession session, ClientFrame frame) {
        if (frame instanceof ClientFrame.Hello hello) {
            hello(session, hello);
            return;
        }
        if (frame instanceof ClientFrame.Invalid invalid) {
            answerInvalid(session, invalid);
            return;
        }
        if (session.identity() == null && !(frame instanceof ClientFrame.Ping)) {
            throw new ProtocolException(ErrorCode.UNAUTHENTICATED, "say hello with a token first");
        }
        session.lockIdentity();
        if (frame instanceof ClientFrame.Publish publish) {
            queueFrame(session, publish, publish.idempotencyKey(), publish.room(), false, (room, request) -> {
                messaging.publish(session, publish, room, request);
            });
        } else if (frame instanceof ClientFrame.PublishAll publish) {
            queueFrame(session, publish, null, publish.room(), false, (room, request) -> {
                messaging.publishAll(session, publish, room, request);
            });
        } else if (frame instanceof ClientFrame.Signal signal) {
            queueFrame(session, signal, null, signal.room(), false, (room, request) -> {
                rates.countRequest(session);
                messaging.signal(session, signal, room, request);
            });
        } else if (frame instanceof ClientFrame.Join join) {
            queueFrameAlone(session, join, join.room(), (room, request) -> {
                joins.join(session, join.in(room), request);
            });
        } else if (frame instanceof ClientFrame.Joins many) {
            // Each as if it had come alone. So each counts against the limits, and is answered.
            joins.requireAllowed(many);
            many.each().stream().takeWhile(each -> session.isOpen()).forEach(each -> serve(session, each));
        } else if (frame instanceof ClientFrame.Leave leave) {
            queueFrameAlone(session, leave, leave.room(), (room, request) -> {
                ServerFrame left = new ServerFrame.Left(leave.id(), room.value());
                joins.leave(session, room, request, () -> session.reply(left));
            });
        } else if (frame instanceof ClientFrame.Remove remove) {
            queueFrame(session, remove, null, remove.room(), false, (room, request) -> {
                rates.countRequest(session);
                messaging.remove(session, remove, room, request);
            });
        } else if (frame instanceof ClientFrame.History history) {
            queueFrameAlone(session, history, history.room(), (room, request) -> {
                messaging.history(session, history, room, request);
            });
        } else if (frame instanceof ClientFrame.Members members) {
            queueFrameAlone(session, members, members.room(), (room, request) -> {
                messaging.members(session, members, room, request);
            });
        } else if (frame instanceof ClientFrame.Search search) {
            searching.search(session, search);
        } else if (frame instanceof ClientFrame.Refresh refresh) {
            rates.countRefresh(session);
            refresh(session, refresh);
        } else if (frame instanceof ClientFrame.Ping ping) {
            rates.countRequest(session);
            session.reply(new ServerFrame.Pong(ping.id()));
        } else {
            throw new IllegalStateException("nothing serves " + frame.getClass());
        }
    }

    /** Answers a request in a room that is not a valid frame. */
    private void answerInvalid(ClientSession session, ClientFrame.Invalid invalid) {
        BadFrameException why = invalid.why();
        if (session.identity() == null || invalid.room() == null && session.urlRoom() == null) {
            errors.answerBadFrame(session, why);
        } else {
            queueFrame(session, invalid, why.answer().idempotencyKey(), invalid.room(), false, (room, request) -> {
                request.answerInTurn(() -> errors.answerBadFrame(session, why));
            });
        }
    }

    /** As {@link #queueFrame}, for a request that runs alone and counts against the rate of the session. */
    private void queueFrameAlone(
            ClientSession session,
            ClientFrame frame,
            RoomName room,
            BiConsumer<RoomName, RoomRequests.Request> action) {
        queueFrame(session, frame, null, room, true, (actualRoom, request) -> {
            rates.countRequest(session);
            action.accept(actualRoom, request);
        });
    }

    /**
     * Queues the request of a frame in a room. A request that names no room, and {@code busy} of {@link InFlight}, are
     * answered at once. All other refusals are answered in their turn.
     *
     * @param idempotencyKey the key of a publish, or null
     * @param named the room in the frame; null for the room in the URL of the connection
     * @param action gets the room and the request; may throw
     */
    private void queueFrame(
            ClientSession session,
            ClientFrame frame,
            String idempotencyKey,
            RoomName named,
            boolean alone,
            BiConsumer<RoomName, RoomRequests.Request> action) {
        RoomName room = named == null ? session.urlRoom() : named;
        try {
            if (room == null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "room is missing");
            }
            Runnable release = inFlight.begin(session, frame.bytes());
            queueRequest(session, frame, idempotencyKey, room, alone, request -> action.accept(room, request), release);
        } catch (ProtocolException e) {
            errors.answerFailure(session, frame.id(), idempotencyKey, room, e);
        }
    }

    /** Queues a request. If {@code action} throws, the client gets an error in its turn. */
    private void queueRequest(
            ClientSession session,
            ClientFrame frame,
            String idempotencyKey,
            RoomName room,
            boolean alone,
            Consumer<RoomRequests.Request> action,
            Runnable release) {
        Consumer<RoomRequests.Request> attempt = request -> {
            try {
                if (session.queue().isClosingByNode()) {
                    request.endInTurn();
                } else {
                    action.accept(request);
                }
            } catch (RuntimeException e) {
                request.answerInTurn(() -> errors.answerFailure(session, frame.id(), idempotencyKey, room, e));
            }
        };
        session.requests().submit(room, alone, attempt, release);
    }

    /** Answers a line that is not a valid frame. */
    public void receiveInvalid(ClientSession session, BadFrameException bad) {
        ClientFrame.Invalid frame = bad.frameInRoom();
        if (frame != null && (frame.room() != null || session.urlRoom() != null)) {
            receive(session, frame);
            return;
        }
        if (!session.isOpen()) {
            return;
        }
        markAlive(session);
        metrics.increment(Counter.FRAMES_RECEIVED);
        errors.answerBadFrame(session, bad);
    }

    /**
     * Closes a session whose WebSocket message exceeds {@code roomcast.limits.frame-bytes}. The session cannot
     * continue, because the server does not read such a message to its end.
     */
    public void closeTooLarge(ClientSession session) {
        String text = "a WebSocket message may have " + maxFrameBytes() + " bytes";
        refusals.inSession(session, session.urlRoom(), ErrorCode.TOO_LARGE.wire(), text, LimitKeys.FRAME_BYTES.name());
        metrics.countLimit(LimitKeys.FRAME_BYTES.name());
        session.queue().close(CloseCode.TOO_LARGE, text);
    }

    /** The current limit of a WebSocket message, in bytes. */
    public long maxFrameBytes() {
        return limits.get(LimitKeys.FRAME_BYTES);
    }

    /** Records a sign of life of the client, such as a pong. */
    public void markAlive(ClientSession session) {
        session.setHeardAt(time.getAsLong());
    }

    /**
     * Ends a session whose connection has ended. Idempotent.
     *
     * @param code close code, of the client or of this node
     */
    public void endSession(ClientSession session, int code) {
        boolean closedByNode = session.queue().isClosingByNode();
        if (sessions.remove(session, code) && session.end()) {
            joins.leaveAll(session, closedByNode);
        }
    }

    private void hello(ClientSession session, ClientFrame.Hello hello) {
        if (session.urlRoom() != null
                && hello.user() != null
                && !hello.user().equals(session.user())
                && !hello.user().equals(session.urlUser())) {
            errors.answer(session, hello.id(), null, null, ErrorCode.BAD_REQUEST, "the address names the user already");
        } else if (session.identity() == null) {
            tokenAdmission.admit(session, hello, () -> {
                session.lockIdentity();
                greeting.send(session, hello.id(), null);
                joinUrlRoom(session);
                serveDeferred(session);
            });
        } else if (session.lockIdentityForHello()) {
            if (hello.user() != null && !session.identity().isProven()) {
                sessions.identify(session, Identity.claimed(hello.user()));
            }
            greeting.send(session, hello.id(), null);
        } else {
            errors.answer(session, hello.id(), null, null, ErrorCode.BAD_REQUEST, "hello must be the first frame");
        }
    }

    private void serveDeferred(ClientSession session) {
        for (List<ClientSession.Deferred> deferred = session.takeDeferred();
                !deferred.isEmpty();
                deferred = session.takeDeferred()) {
            for (ClientSession.Deferred each : deferred) {
                each.release().run();
                try {
                    serve(session, each.frame());
                } catch (ProtocolException e) {
                    errors.answerFailure(session, each.frame().id(), null, null, e);
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
