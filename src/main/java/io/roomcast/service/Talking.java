package io.roomcast.service;

import io.roomcast.metrics.NodeMetrics;
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
import io.roomcast.protocol.ServerFrameWriter.MessageBody;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/**
 * What members do in a room: publish, signal, read history, ask who is there. Each method is the turn of one request, and ends it unless it throws. Any
 * thread; nothing blocks.
 */
@ApplicationScoped
public class Talking {
    private static final int ROSTER_NAMES = 1_000;

    private Relay relay;
    private PresenceStore presence;
    private Announcer announcer;
    private ServerFrameWriter writer;
    private Refusal refusal;
    private NodeMetrics metrics;
    private Threads threads;
    private RateLimits rates;
    private Overload overload;
    private Limits limits;
    private Sessions sessions;

    /** For the container's proxy. */
    protected Talking() {}

    @Inject
    public Talking(
            Relay relay,
            PresenceStore presence,
            Announcer announcer,
            ServerFrameWriter writer,
            Refusal refusal,
            NodeMetrics metrics,
            Threads threads,
            RateLimits rates,
            Overload overload,
            Limits limits,
            Sessions sessions) {
        this.sessions = sessions;
        this.relay = relay;
        this.presence = presence;
        this.announcer = announcer;
        this.writer = writer;
        this.refusal = refusal;
        this.metrics = metrics;
        this.threads = threads;
        this.rates = rates;
        this.overload = overload;
        this.limits = limits;
    }

    void publish(RoomSession session, ClientFrame.Publish frame, RoomName room, Requests.Request request) {
        rates.publish(session);
        requireMember(session, room);
        requirePublisher(session, room);
        limits.requireSize(frame.content());
        rates.publish(room);
        overload.admit(room);
        UserName user = session.user();
        byte[] body = writer.body(new MessageBody(
                room.value(), user.value(), frame.content().text(), System.currentTimeMillis(), frame.key()));
        String key = relayKey(user, frame.key());
        long started = System.nanoTime();
        whenAnswered(request, relay.publish(room, key, body), (position, failure) -> {
            metrics.relay().publish().record(System.nanoTime() - started);
            if (failure == null) {
                metrics.messageStored();
                acknowledge(session, frame, room, position);
            } else {
                refusal.answer(session, frame.id(), frame.key(), room, failure);
            }
        });
    }

    void signal(RoomSession session, ClientFrame.Signal frame, RoomName room, Requests.Request request) {
        requireMember(session, room);
        requirePublisher(session, room);
        if (frame.content() != null) {
            limits.requireSize(frame.content());
        }
        if (!overload.sparesNotices(room)) {
            String encoded = writer.write(new ServerFrame.Signal(
                    room.value(),
                    session.user().value(),
                    frame.name(),
                    frame.content() == null ? null : frame.content().text()));
            relay.signal(room, FrameKind.SIGNAL, encoded.getBytes(StandardCharsets.UTF_8));
        }
        request.answer(() -> {});
    }

    void history(RoomSession session, ClientFrame.History frame, RoomName room, Requests.Request request) {
        requireMember(session, room);
        if (session.isGone()) {
            // What it has published is kept, but what it wanted to know is not looked up any more.
            request.answer(() -> {});
            return;
        }
        Runnable inQueue = sessions.reserveAnswer();
        CompletionStage<HistoryPage> page;
        try {
            page = frame.after() >= 0
                    ? relay.historyAfter(room, frame.after(), frame.limit())
                    : relay.historyBefore(room, frame.before(), frame.limit());
        } catch (RuntimeException e) {
            inQueue.run();
            throw e;
        }
        whenAnswered(request, page, (found, failure) -> {
            try {
                if (failure == null) {
                    session.reply(MessageFrames.history(frame.id(), room, found));
                } else {
                    refusal.answer(session, frame.id(), null, room, failure);
                }
            } finally {
                inQueue.run();
            }
        });
    }

    /** As the room's members have been told, so that an answer and the frames before and after it agree. */
    void members(RoomSession session, ClientFrame.Members frame, RoomName room, Requests.Request request) {
        Membership membership = requireMember(session, room);
        if (session.isGone()) {
            request.answered();
            return;
        }
        announcer.whenTold(room, membership.revision(), view -> {
            if (view == null) {
                readMembers(session, frame, room, request);
                return;
            }
            try {
                session.reply(new ServerFrame.Members(
                        frame.id(),
                        room.value(),
                        view.users().size(),
                        view.users().stream().limit(ROSTER_NAMES).toList()));
            } finally {
                request.answered();
            }
        });
    }

    /** Of a room whose members are not told names. */
    private void readMembers(RoomSession session, ClientFrame.Members frame, RoomName room, Requests.Request request) {
        whenAnswered(request, presence.roster(room, ROSTER_NAMES), (roster, failure) -> {
            if (failure == null) {
                session.reply(new ServerFrame.Members(
                        frame.id(),
                        room.value(),
                        roster.count(),
                        roster.users().stream().map(UserName::value).toList()));
            } else {
                refusal.answer(session, frame.id(), null, room, failure);
            }
        });
    }

    /** Never on the relay's own thread: a send may cost more than it takes the relay to carry a message. */
    private <T> void whenAnswered(Requests.Request request, CompletionStage<T> stage, BiConsumer<T, Throwable> action) {
        BiConsumer<T, Throwable> answer = (done, failure) -> request.answer(() -> action.accept(done, failure));
        var unused = stage.toCompletableFuture().isDone()
                ? stage.whenComplete(answer)
                : stage.whenCompleteAsync(answer, threads.lanes());
    }

    private static void acknowledge(RoomSession session, ClientFrame.Publish frame, RoomName room, Position position) {
        if (frame.id() != null || frame.key() != null) {
            session.reply(
                    new ServerFrame.Ack(frame.id(), frame.key(), room.value(), position.epoch(), position.offset()));
        }
    }

    /** A user's keys are its own: nobody can take the place of another's message by guessing its key. */
    private static String relayKey(UserName user, String key) {
        return key == null ? null : user.value() + '\n' + key;
    }

    private static Membership requireMember(RoomSession session, RoomName room) {
        Membership membership = session.membership(room);
        if (membership == null) {
            throw new ProtocolException(ErrorCode.NOT_JOINED, "join the room first");
        }
        return membership;
    }

    private static void requirePublisher(RoomSession session, RoomName room) {
        if (!session.identity().permissions().mayPublish(room)) {
            throw new ProtocolException(ErrorCode.FORBIDDEN, "this user may read here, but not publish");
        }
    }
}
