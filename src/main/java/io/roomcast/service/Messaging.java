package io.roomcast.service;

import io.roomcast.config.Permission;
import io.roomcast.node.Author;
import io.roomcast.node.Limits;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.Threads;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.service.admission.LoadShedding;
import io.roomcast.service.admission.RateLimits;
import io.roomcast.service.presence.PresenceAnnouncer;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.Membership;
import io.roomcast.service.session.RoomRequests;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/**
 * Serves the requests in a room: publish, signal, history, members and remove. Each method serves one request of
 * {@link RoomRequests}. Unless the method throws, it ends the request. Any thread; no method blocks.
 */
@ApplicationScoped
public class Messaging {
    private static final int ROSTER_NAMES = BackEndService.ROSTER_NAMES;

    private Publisher publisher;
    private Relay relay;
    private PresenceStore presence;
    private PresenceAnnouncer announcer;
    private ServerFrameWriter writer;
    private ErrorReplies errors;
    private Threads threads;
    private RateLimits rates;
    private LoadShedding loadShedding;
    private Limits limits;
    private RoomSettings settings;
    private SessionRegistry sessions;
    private ClusterOperations operations;

    /** For the container's proxy. */
    protected Messaging() {}

    @Inject
    public Messaging(
            Publisher publisher,
            Relay relay,
            PresenceStore presence,
            PresenceAnnouncer announcer,
            ServerFrameWriter writer,
            ErrorReplies errors,
            Threads threads,
            RateLimits rates,
            LoadShedding loadShedding,
            Limits limits,
            RoomSettings settings,
            SessionRegistry sessions,
            ClusterOperations operations) {
        this.publisher = publisher;
        this.sessions = sessions;
        this.operations = operations;
        this.relay = relay;
        this.presence = presence;
        this.announcer = announcer;
        this.writer = writer;
        this.errors = errors;
        this.threads = threads;
        this.rates = rates;
        this.loadShedding = loadShedding;
        this.limits = limits;
        this.settings = settings;
    }

    void publish(ClientSession session, ClientFrame.Publish frame, RoomName room, RoomRequests.Request request) {
        rates.countPublish(session);
        requirePublisher(session, room);
        limits.requireSize(frame.payload());
        rates.countRoomPublish(room);
        loadShedding.shedPublish(room);
        CompletionStage<Position> stored =
                publisher.publish(room, session.identity().user(), frame.payload(), frame.idempotencyKey());
        answerWhenComplete(request, stored, (position, failure) -> {
            if (failure == null) {
                acknowledge(session, frame, room, position);
            } else {
                errors.answerFailure(session, frame.id(), frame.idempotencyKey(), room, failure);
            }
        });
    }

    /** Stores several messages: all, or those before the first that is refused. */
    void publishAll(ClientSession session, ClientFrame.PublishAll frame, RoomName room, RoomRequests.Request request) {
        limits.requireBatch(frame.given());
        Beginning beginning = new Beginning(frame.messages(), frame.refusal());
        beginning.cut(rates.countPublishes(session, beginning.size()));
        requirePublisher(session, room);
        beginning.cutBefore(message -> limits.requireSize(message.payload()));
        beginning.cut(rates.countRoomPublishes(room, beginning.size()));
        loadShedding.shedPublish(room);
        CompletionStage<Relay.Prefix> stored =
                publisher.publishAll(room, session.identity().user(), beginning);
        answerWhenComplete(request, stored, (prefix, failure) -> {
            if (failure != null) {
                errors.answerFailure(session, frame.id(), null, room, failure);
            } else if (prefix.refusal() != null) {
                errors.answerBeginning(session, frame.id(), room, prefix.positions(), prefix.refusal());
            } else if (frame.id() != null || frame.hasKeys() || session.isOverHttp()) {
                session.reply(ServerFrame.Ack.ofAll(frame.id(), room.value(), prefix.positions(), null));
            }
        });
    }

    void signal(ClientSession session, ClientFrame.Signal frame, RoomName room, RoomRequests.Request request) {
        requireMember(session, room);
        session.require(Permission.PUBLISH, room);
        if (frame.content() != null) {
            limits.requireSize(frame.content());
        }
        if (!loadShedding.shedSignal(room)) {
            String encoded = writer.write(new ServerFrame.Signal(
                    room.value(),
                    session.user().value(),
                    session.identity().user().name(),
                    frame.signal(),
                    frame.content() == null ? null : frame.content().text()));
            relay.signal(room, FrameKind.SIGNAL, encoded.getBytes(StandardCharsets.UTF_8));
        }
        if (session.isOverHttp()) {
            request.answerInTurn(() -> session.reply(ServerFrame.Ack.ofSignal(frame.id(), room.value())));
        } else {
            request.endInTurn();
        }
    }

    void history(ClientSession session, ClientFrame.History frame, RoomName room, RoomRequests.Request request) {
        requireReader(session, room);
        session.require(Permission.HISTORY, room);
        if (session.isGone()) {
            // The connection has ended. Publishes are still stored, but an answer would reach no client.
            request.endInTurn();
            return;
        }
        Runnable release = sessions.reserveReply();
        CompletionStage<HistoryPage> page;
        try {
            page = HistoryReads.read(relay, room, frame.before(), frame.after(), frame.limit());
        } catch (RuntimeException e) {
            release.run();
            throw e;
        }
        answerWhenComplete(request, page, (found, failure) -> {
            try {
                if (failure == null) {
                    session.reply(MessageFrames.history(frame.id(), room, found));
                } else {
                    errors.answerFailure(session, frame.id(), null, room, failure);
                }
            } finally {
                release.run();
            }
        });
    }

    /**
     * Answers with the users that the room's members on this node have been sent. So the answer agrees with the
     * {@code presence} frames before and after it. A session that is no member gets no such frames. So it is answered
     * from the presence store, and the room need not be open on this node.
     */
    void members(ClientSession session, ClientFrame.Members frame, RoomName room, RoomRequests.Request request) {
        Membership membership = requireReader(session, room);
        session.require(Permission.PRESENCE, room);
        RoomSettings.Presence told = settings.presence(room);
        if (told == RoomSettings.Presence.NONE) {
            throw new ProtocolException(ErrorCode.FORBIDDEN, "this room does not say who is there");
        }
        if (session.isGone()) {
            request.endAnswered();
            return;
        }
        int names = told == RoomSettings.Presence.ALL ? ROSTER_NAMES : 0;
        if (membership == null) {
            readMembers(session, frame, room, names, request);
            return;
        }
        announcer.whenAnnounced(room, membership.enterRevision(), view -> {
            if (view == null) {
                readMembers(session, frame, room, names, request);
                return;
            }
            try {
                session.reply(new ServerFrame.Members(
                        frame.id(),
                        room.value(),
                        view.users().size(),
                        view.users().stream()
                                .limit(ROSTER_NAMES)
                                .map(ServerFrame.Person::of)
                                .toList()));
            } finally {
                request.endAnswered();
            }
        });
    }

    /** Answers from the presence store, because this session is not sent the names of the room's users. */
    private void readMembers(
            ClientSession session, ClientFrame.Members frame, RoomName room, int names, RoomRequests.Request request) {
        answerWhenComplete(request, presence.roster(room, names), (roster, failure) -> {
            if (failure == null) {
                session.reply(new ServerFrame.Members(
                        frame.id(),
                        room.value(),
                        roster.count(),
                        roster.users().stream().map(ServerFrame.Person::of).toList()));
            } else {
                errors.answerFailure(session, frame.id(), null, room, failure);
            }
        });
    }

    /** Takes a user out of the room on all nodes. A repeated request does no harm. */
    void remove(ClientSession session, ClientFrame.Remove frame, RoomName room, RoomRequests.Request request) {
        rates.countRemove(session);
        requireMember(session, room);
        session.require(Permission.MODERATE, room);
        Author author = Author.member(session.user().value());
        answerWhenComplete(request, operations.remove(room, frame.user(), author), (answer, failure) -> {
            if (failure != null) {
                errors.answerFailure(session, frame.id(), null, room, failure);
            } else if (answer.complete()) {
                long count = answer.sum(ClusterOperations.Affected::sessions);
                session.reply(new ServerFrame.Removed(
                        frame.id(), room.value(), frame.user().value(), count));
            } else {
                errors.answer(
                        session,
                        frame.id(),
                        null,
                        room,
                        ErrorCode.UNAVAILABLE,
                        "not all nodes have answered; try again");
            }
        });
    }

    /**
     * Answers the request in its turn, when the stage has completed. The pool runs the answer, because a send may take
     * long and would delay the relay's thread. If the stage is complete already, the answer runs on this thread.
     */
    private <T> void answerWhenComplete(
            RoomRequests.Request request, CompletionStage<T> stage, BiConsumer<T, Throwable> action) {
        BiConsumer<T, Throwable> answer = (done, failure) -> request.answerInTurn(() -> action.accept(done, failure));
        var unused = stage.toCompletableFuture().isDone()
                ? stage.whenComplete(answer)
                : stage.whenCompleteAsync(answer, threads.pool());
    }

    private static void acknowledge(
            ClientSession session, ClientFrame.Publish frame, RoomName room, Position position) {
        if (frame.id() != null || frame.idempotencyKey() != null || session.isOverHttp()) {
            session.reply(new ServerFrame.Ack(frame.id(), frame.idempotencyKey(), room.value(), position));
        }
    }

    /**
     * A room may be asked about without joining it. The relay and the presence store answer for any room, so the room
     * is not opened on this node.
     *
     * @return null if the session is no member
     * @throws ProtocolException {@code forbidden} if the session is no member and may not become one
     */
    private static Membership requireReader(ClientSession session, RoomName room) {
        Membership membership = session.membership(room);
        if (membership == null) {
            session.require(Permission.READ, room);
        }
        return membership;
    }

    /** Only a room whose settings say so may be published to without joining it. */
    private void requirePublisher(ClientSession session, RoomName room) {
        if (!settings.anyoneMayPublish(room)) {
            requireMember(session, room);
        }
        session.require(Permission.PUBLISH, room);
    }

    /** Whoever sends over HTTP need not be a member, since a poll on another node may be. Who may join is enough. */
    private static void requireMember(ClientSession session, RoomName room) {
        if (session.isOverHttp()) {
            session.require(Permission.READ, room);
        } else if (session.membership(room) == null) {
            throw new ProtocolException(ErrorCode.NOT_JOINED, "join the room first");
        }
    }
}
