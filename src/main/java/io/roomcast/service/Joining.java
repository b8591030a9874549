package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
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
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Joins sessions to rooms and takes them out again, and keeps presence true to it. Presence is entered when the room is open here, so that whoever comes is
 * told of everybody who comes later; and before the room is joined, since {@code joined} tells the count. A session that joins anew keeps the place that it
 * has until it is let in again: where that is refused, nothing has changed. Any thread; nothing blocks. Each method is the turn of one request, and ends it.
 */
@ApplicationScoped
public class Joining {
    private static final Logger LOG = System.getLogger(Joining.class.getName());

    private RoomRegistry rooms;
    private PresenceStore presence;
    private Announcer announcer;
    private Refusal refusal;
    private Threads threads;
    private Limits limits;
    private NodeMetrics metrics;
    private long graceMillis;

    /** For the container's proxy. */
    protected Joining() {}

    @Inject
    public Joining(
            RoomRegistry rooms,
            PresenceStore presence,
            Announcer announcer,
            Refusal refusal,
            Threads threads,
            Limits limits,
            NodeMetrics metrics,
            RoomcastConfig config) {
        this.rooms = rooms;
        this.presence = presence;
        this.announcer = announcer;
        this.refusal = refusal;
        this.threads = threads;
        this.limits = limits;
        this.metrics = metrics;
        this.graceMillis = config.get(Keys.PRESENCE_GRACE).toMillis();
    }

    /** @param frame with its room; a room that the session is in already is joined anew, from the position that the frame gives */
    void join(RoomSession session, ClientFrame.Join frame, Requests.Request request) {
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

    private void enter(RoomSession session, Membership membership, Position since, Outcome outcome) {
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
    void leave(RoomSession session, RoomName room, Requests.Request request, Runnable left) {
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
     * Takes a session out of a room unasked ({@code left}), after all that it has asked about it.
     *
     * @param still whether that is to be done, when the turn has come
     * @param then runs after {@code left}, where it was in the room
     */
    void putOut(RoomSession session, RoomName room, BooleanSupplier still, Runnable then) {
        Consumer<Requests.Request> leave = request -> {
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
    void leaveAll(RoomSession session, boolean dismissed) {
        session.requests().end(dismissed, session::roomNames, (room, request) -> {
            Membership membership = session.remove(room);
            if (membership != null) {
                membership.leave(rooms, () -> {});
                withdrawLater(room, session);
            }
            request.answered();
        });
    }

    private void withdrawLater(RoomName room, RoomSession session) {
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

    /** What the room tells of one member. */
    private final class Outcome implements Member.Listener {
        private final RoomSession session;
        private final Membership membership;
        private final UserName user;
        private final Long id;
        private final boolean returning;
        /** Null when it is answered. */
        private Requests.Request request;
        /** Whether presence was to be entered. */
        private boolean asked;

        private PresenceStore.Change change;

        Outcome(RoomSession session, Membership membership, ClientFrame.Join frame, Requests.Request request) {
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
                metrics.recovery(recovered);
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
            Requests.Request own = request;
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

        /** It has what it had before: its old place, or none. */
        private void refused(Throwable why) {
            RoomName room = membership.room();
            try {
                session.restore(room, membership.previous());
                if (asked && membership.previous() == null) {
                    // A store that could not be reached does later what it was asked for: so that is taken back, too.
                    withdraw(room, user, session.id());
                }
                refusal.answer(session, id, null, room, why);
            } finally {
                answered();
            }
        }

        @Override
        public void behind(long from, Position position) {
            metrics.memberBehind();
            session.reply(new ServerFrame.Behind(membership.room().value(), position.epoch(), from, position.offset()));
        }
    }
}
