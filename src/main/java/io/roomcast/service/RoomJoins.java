package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.room.Member;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.presence.PresenceAnnouncer;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.Membership;
import io.roomcast.service.session.RoomRequests;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Joins sessions to rooms, takes them out again, and keeps presence in step. Presence is entered when the room is
 * subscribed here, so that the member is told of everybody who comes later, and before the room is joined, because
 * {@code joined} carries the count. A session that joins again keeps its old place until the new one is sure: if the
 * join is refused, nothing has changed.
 *
 * <p>Any thread; nothing blocks. Each method serves one request in its turn, and ends it.
 */
@ApplicationScoped
public class RoomJoins {
    private static final Logger LOG = System.getLogger(RoomJoins.class.getName());

    private RoomRegistry rooms;
    private PresenceStore presence;
    private PresenceAnnouncer announcer;
    private ErrorReplies errors;
    private Threads threads;
    private Limits limits;
    private NodeMetrics metrics;
    private long graceMillis;

    /** For the container's proxy. */
    protected RoomJoins() {}

    @Inject
    public RoomJoins(
            RoomRegistry rooms,
            PresenceStore presence,
            PresenceAnnouncer announcer,
            ErrorReplies errors,
            Threads threads,
            Limits limits,
            NodeMetrics metrics,
            RoomcastConfig config) {
        this.rooms = rooms;
        this.presence = presence;
        this.announcer = announcer;
        this.errors = errors;
        this.threads = threads;
        this.limits = limits;
        this.metrics = metrics;
        this.graceMillis = config.get(Keys.PRESENCE_GRACE).toMillis();
    }

    /** @param frame with its room; a room that the session is in already is joined anew, from the position that the frame gives */
    void join(ClientSession session, ClientFrame.Join frame, RoomRequests.Request request) {
        RoomName room = frame.room();
        if (!session.identity().permissions().mayRead(room)) {
            throw new ProtocolException(ErrorCode.FORBIDDEN, "this user may not enter the room");
        }
        Membership membership = new Membership(room, session.membership(room));
        if (membership.previous() == null) {
            requireSpace(room);
        }
        long most = limits.get(LimitKeys.ROOMS);
        if (!session.put(membership, most)) {
            throw limits.reached(
                    LimitKeys.ROOMS, ErrorCode.TOO_MANY_ROOMS, "a session may be in " + most + " rooms", null);
        }
        Outcome outcome = new Outcome(session, membership, frame, request);
        membership.open(rooms).whenComplete((open, failure) -> {
            if (failure == null) {
                enter(session, membership, frame.since(), outcome);
            } else {
                membership.giveUp(rooms);
                outcome.refused(failure);
            }
        });
    }

    private void enter(ClientSession session, Membership membership, Position since, Outcome outcome) {
        RoomName room = membership.room();
        boolean isNew = membership.previous() == null;
        outcome.asked = true;
        presence.enter(room, session.user(), session.id()).whenComplete((change, failure) -> {
            outcome.change = change;
            if (failure == null && change.changed() && isNew && !limits.allows(LimitKeys.ROOM_USERS, change.count())) {
                membership.giveUp(rooms);
                outcome.refused(limits.reached(LimitKeys.ROOM_USERS, ErrorCode.ROOM_FULL, "the room is full", null));
            } else if (failure == null) {
                membership.enter(rooms, outcome, session, since, change.revision());
            } else {
                membership.giveUp(rooms);
                outcome.refused(failure);
            }
        });
    }

    private void requireSpace(RoomName room) {
        if (rooms.find(room) == null) {
            limits.require(
                    LimitKeys.NODE_ROOMS,
                    rooms.size() + 1L,
                    ErrorCode.BUSY,
                    "this node has as many rooms as it may; try again, or another node");
        }
        limits.require(
                LimitKeys.NODE_MEMBERS,
                rooms.members() + 1L,
                ErrorCode.BUSY,
                "the rooms of this node have as many members as they may; try again, or another node");
    }

    /** @param left runs when nothing of the room is sent to the session any more, before the request ends */
    void leave(ClientSession session, RoomName room, RoomRequests.Request request, Runnable left) {
        Membership membership = session.remove(room);
        if (membership == null) {
            throw new ProtocolException(ErrorCode.NOT_JOINED, "not in the room");
        }
        membership.leave(rooms, () -> {
            try {
                // Whoever is told that one has left may take the place.
                withdraw(room, session.user(), session.id());
                left.run();
            } finally {
                request.answered();
            }
        });
    }

    /**
     * Takes a session out of a room at the server's wish ({@code left}), after its earlier requests about the room.
     *
     * @param still whether that is to be done, when the turn has come
     * @param then runs after {@code left}, where it was in the room
     */
    void putOut(ClientSession session, RoomName room, BooleanSupplier still, Runnable then) {
        Consumer<RoomRequests.Request> leave = request -> {
            if (session.membership(room) == null || !still.getAsBoolean()) {
                request.answered();
                return;
            }
            leave(session, room, request, () -> {
                session.reply(new ServerFrame.Left(null, room.value()));
                then.run();
            });
        };
        session.requests().ask(room, true, leave, () -> {});
    }

    /**
     * Takes a session out of all its rooms after its connection ended; others see it leave when it has not come back in time.
     *
     * @param dismissed whether it was sent away from here, and what it has asked for is not done any more
     */
    void leaveAll(ClientSession session, boolean dismissed) {
        session.requests().end(dismissed, session::roomNames, (room, request) -> {
            Membership membership = session.remove(room);
            if (membership != null) {
                membership.leave(rooms, () -> {});
                withdrawLater(room, session);
            }
            request.answered();
        });
    }

    private void withdrawLater(RoomName room, ClientSession session) {
        try {
            var unused = threads.timer()
                    .schedule(() -> withdraw(room, session.user(), session.id()), graceMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the node ends, and gives up all presence by itself", e);
        }
    }

    private void withdraw(RoomName room, UserName user, String session) {
        var unused = presence.leave(room, user, session);
    }

    /** Receives what the room reports of one member. */
    private final class Outcome implements Member.Listener {
        private final ClientSession session;
        private final Membership membership;
        private final UserName user;
        private final Long id;
        private final boolean returning;
        /** Null once it is answered: this listener lives as long as the membership. */
        private RoomRequests.Request request;
        /** Whether presence was to be entered. */
        private boolean asked;

        private PresenceStore.Change change;

        Outcome(ClientSession session, Membership membership, ClientFrame.Join frame, RoomRequests.Request request) {
            this.session = session;
            this.membership = membership;
            this.user = session.user();
            this.id = frame.id();
            this.returning = frame.since() != null;
            this.request = request;
        }

        @Override
        public void joined(Position position, boolean recovered) {
            RoomName room = membership.room();
            if (returning) {
                metrics.increment(recovered ? Counter.RECOVERIES_COMPLETE : Counter.RECOVERIES_INCOMPLETE);
            }
            try {
                session.reply(new ServerFrame.Joined(
                        id,
                        room.value(),
                        user.value(),
                        position.epoch(),
                        position.offset(),
                        recovered,
                        announcer.count(room, change)));
                membership.begun(rooms);
                if (change.changed() && membership.wasAnnounced()) {
                    announcer.welcome(session, room, user, change);
                }
            } finally {
                answered();
            }
        }

        private void answered() {
            RoomRequests.Request own = request;
            request = null;
            if (own != null) {
                own.answered();
            }
        }

        @Override
        public void unavailable() {
            membership.leave(rooms, () -> {});
            refused(new RelayUnavailableException("room not reachable"));
        }

        /** The session keeps its old place, or has none. */
        private void refused(Throwable why) {
            RoomName room = membership.room();
            try {
                session.restore(room, membership.previous());
                if (asked && membership.previous() == null) {
                    // A store that could not be reached does later what it was asked for: so that is taken back, too.
                    withdraw(room, user, session.id());
                }
                errors.answer(session, id, null, room, why);
            } finally {
                answered();
            }
        }

        @Override
        public void behind(long from, Position position) {
            metrics.increment(Counter.MEMBERS_BEHIND);
            session.reply(new ServerFrame.Behind(membership.room().value(), position.epoch(), from, position.offset()));
        }
    }
}
