package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.Permission;
import io.roomcast.config.RoomKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.room.Member;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.presence.PresenceAnnouncer;
import io.roomcast.service.presence.RoomAnnouncements;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.Membership;
import io.roomcast.service.session.RoomRequests;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Adds sessions to rooms, removes them, and updates presence. A join enters presence after the room is subscribed on
 * this node. So the member receives every later change. A join enters presence before the member joins the room,
 * because {@code joined} contains the number of users. A session that joins again keeps its earlier membership until
 * the new membership is complete. So a refused join changes nothing. A session that joins without presence is a
 * member, but its user does not enter presence.
 *
 * <p>Any thread; no method blocks. {@link #join} and {@link #leave} serve one request in its turn. Unless they throw,
 * they end the request. {@link #removeFromRoom} and {@link #leaveAll} queue requests themselves.
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
    private RoomSettings settings;
    private NodeMetrics metrics;
    private long graceMillis;
    /** Tasks of {@link #afterGrace} that have not run. */
    private final AtomicInteger graces = new AtomicInteger();

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
            RoomSettings settings,
            NodeMetrics metrics,
            RoomcastConfig config) {
        this.rooms = rooms;
        this.presence = presence;
        this.announcer = announcer;
        this.errors = errors;
        this.threads = threads;
        this.limits = limits;
        this.settings = settings;
        this.metrics = metrics;
        this.graceMillis = config.get(Keys.PRESENCE_GRACE).toMillis();
    }

    /** @throws ProtocolException if the frame names more rooms than a session may be in */
    void requireAllowed(ClientFrame.Joins frame) {
        limits.require(
                LimitKeys.ROOMS,
                frame.each().size(),
                ErrorCode.TOO_MANY_ROOMS,
                "a session may be in " + limits.get(LimitKeys.ROOMS) + " rooms, and a join may name no more");
    }

    /**
     * Joins the session to the room of the frame. If the session is in the room already, it joins again, from
     * {@code since} of the frame. A user without the permission {@code history} gets nothing that was missed.
     *
     * @param frame a request with a room
     * @throws ProtocolException if the user may not read the room, or a limit is reached
     */
    void join(ClientSession session, ClientFrame.Join frame, RoomRequests.Request request) {
        RoomName room = frame.room();
        session.require(Permission.READ, room);
        Membership membership = new Membership(room, frame.present(), session.membership(room));
        if (membership.previous() == null) {
            requireCapacity(room);
        }
        long limit = limits.get(LimitKeys.ROOMS);
        if (!session.put(membership, limit)) {
            throw limits.exceeded(
                    LimitKeys.ROOMS, ErrorCode.TOO_MANY_ROOMS, "a session may be in " + limit + " rooms", null);
        }
        Outcome outcome = new Outcome(session, membership, frame, request);
        membership.open(rooms).whenComplete((open, failure) -> {
            if (failure != null) {
                membership.cancelOpen(rooms);
                outcome.refuse(failure);
            } else if (frame.present()) {
                enterPresence(session, membership, frame.since(), outcome);
            } else {
                membership.join(rooms, outcome, session, frame.since(), 0);
            }
        });
    }

    private void enterPresence(ClientSession session, Membership membership, Position since, Outcome outcome) {
        RoomName room = membership.name();
        int maxUsers = membership.wasPresent() ? 0 : settings.members(room);
        outcome.hasCalledEnter = true;
        if (session.lease() != null) {
            session.lease().enter(room);
        }
        presence.enter(room, session.identity().user(), session.id(), maxUsers).whenComplete((change, failure) -> {
            outcome.change = change;
            if (failure == null && change.isRefused()) {
                outcome.hasCalledEnter = false;
                membership.cancelOpen(rooms);
                outcome.refuse(limits.exceeded(
                        LimitKeys.ROOM_USERS,
                        settings.key(room, RoomKeys.MEMBERS),
                        ErrorCode.ROOM_FULL,
                        "the room is full",
                        null));
            } else if (failure == null) {
                membership.join(rooms, outcome, session, since, change.revision());
            } else {
                membership.cancelOpen(rooms);
                outcome.refuse(failure);
            }
        });
    }

    private void requireCapacity(RoomName room) {
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

    /**
     * Removes the session from the room.
     *
     * @param left runs when no further frame of the room is sent to the session, before the request ends
     * @throws ProtocolException {@code not_joined}
     */
    void leave(ClientSession session, RoomName room, RoomRequests.Request request, Runnable left) {
        Membership membership = session.remove(room);
        if (membership == null) {
            throw new ProtocolException(ErrorCode.NOT_JOINED, "not in the room");
        }
        membership.leave(rooms, () -> {
            try {
                // Before `left`, because a client that receives `left` may expect that another user can join.
                if (membership.isPresent()) {
                    leavePresence(room, session);
                }
                left.run();
            } finally {
                request.endAnswered();
            }
        });
    }

    /**
     * Removes a session from a room without a request of the client, and sends {@code left}. The earlier requests of
     * the session in the room are served first.
     *
     * @param isStillDue called in the turn of the removal; if it returns false, the session stays in the room
     * @param afterLeft runs after {@code left} was queued, if the session was in the room
     */
    void removeFromRoom(ClientSession session, RoomName room, BooleanSupplier isStillDue, Runnable afterLeft) {
        Consumer<RoomRequests.Request> leave = request -> {
            if (session.membership(room) == null || !isStillDue.getAsBoolean()) {
                request.endAnswered();
                return;
            }
            leave(session, room, request, () -> {
                session.reply(new ServerFrame.Left(null, room.value()));
                afterLeft.run();
            });
        };
        session.requests().submit(room, true, leave, () -> {});
    }

    /** Shows the user of a session in a room as the session's identity says now, if the session is present there. */
    void showAnew(ClientSession session, RoomName room) {
        Consumer<RoomRequests.Request> enter = request -> {
            Membership membership = session.membership(room);
            if (membership != null && membership.isPresent()) {
                var unused = presence.enter(room, session.identity().user(), session.id());
            }
            request.endAnswered();
        };
        session.requests().submit(room, true, enter, () -> {});
    }

    /**
     * Removes a session from all its rooms, after its connection has ended. Other members see the user leave after the
     * grace period, unless the user has returned.
     *
     * <p>A user who asks over HTTP stays present in the rooms that the last poll wants, until the lease ends.
     *
     * @param closedByNode whether this node closed the connection; if so, requests that have not begun are discarded
     */
    void leaveAll(ClientSession session, boolean closedByNode) {
        session.requests().end(closedByNode, session::roomNames, (room, request) -> {
            Membership membership = session.remove(room);
            if (membership != null) {
                if (membership.isPresent() && session.lease() == null) {
                    afterGrace(() -> leavePresence(room, session));
                } else if (membership.isPresent() && !session.lease().wants(room)) {
                    leavePresence(room, session);
                }
                // After the grace has begun, so that a node that stops sees the one or the other.
                membership.leave(rooms, () -> {});
            }
            request.endAnswered();
        });
    }

    /**
     * Takes the user of a session over HTTP out of the presence of rooms.
     *
     * @param session one between its requests, or one that is no member of these rooms any more
     */
    void leavePresence(ClientSession session, Collection<RoomName> left) {
        left.forEach(room -> leavePresence(room, session));
    }

    /** Runs a short task when the time is over in which a user may come back unnoticed. It runs on the timer's thread. */
    void afterGrace(Runnable task) {
        graces.incrementAndGet();
        Runnable last = () -> {
            graces.decrementAndGet();
            task.run();
        };
        try {
            var unused = threads.timer().schedule(last, graceMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            graces.decrementAndGet();
            LOG.log(Level.DEBUG, "the node stops; it removes its users from all rooms by itself", e);
        }
    }

    /** Whether users of this node may still come back unnoticed. Any thread. */
    boolean awaitsReturns() {
        return graces.get() > 0;
    }

    private void leavePresence(RoomName room, ClientSession session) {
        if (session.lease() != null) {
            session.lease().leave(room);
        }
        var unused = presence.leave(room, session.user(), session.id());
    }

    /** Receives the outcome of one join, and later the losses of the member. */
    private final class Outcome implements Member.Listener {
        private final ClientSession session;
        private final Membership membership;
        private final UserId user;
        private final Long id;
        /** The last position of the client, or null. */
        private final Position since;
        /** Null when the join is answered, because this listener lives as long as the membership. */
        private RoomRequests.Request request;
        /** Whether {@link PresenceStore#enter} was called, and the user may be in the room since. */
        private boolean hasCalledEnter;

        /** What the store returned when the user entered; null before, and if the user does not enter. */
        private PresenceStore.UpdateResult change;

        Outcome(ClientSession session, Membership membership, ClientFrame.Join frame, RoomRequests.Request request) {
            this.session = session;
            this.membership = membership;
            this.user = session.user();
            this.id = frame.id();
            this.since = frame.since();
            this.request = request;
        }

        @Override
        public void joined(Position position, boolean recovered) {
            RoomName room = membership.name();
            if (since != null) {
                metrics.increment(recovered ? Counter.RECOVERIES_COMPLETE : Counter.RECOVERIES_INCOMPLETE);
            }
            try {
                boolean isOverHttp = session.lease() != null;
                RoomAnnouncements.Count users =
                        session.may(Permission.PRESENCE, room) ? announcer.count(room, change) : null;
                ServerFrame.Joined joined = new ServerFrame.Joined(
                        id,
                        room.value(),
                        user.value(),
                        session.identity().user().name(),
                        room.equals(session.urlRoom()) ? session.id() : null,
                        // An answer over HTTP may end before the missed messages. So it goes on from where they begin.
                        isOverHttp && recovered ? since : position,
                        recovered,
                        users == null ? null : users.users(),
                        users == null ? null : users.revision());
                if (recovered) {
                    session.replyQuietly(joined);
                } else {
                    session.reply(joined);
                }
                boolean wasMember = membership.previous() != null;
                if (membership.wasPresent() && !membership.isPresent()) {
                    leavePresence(room, session);
                }
                membership.leavePrevious(rooms);
                // Who was a member already has been sent the arrival of his user like all others.
                if (!wasMember
                        && membership.isPresent()
                        && change.changed()
                        && membership.isArrivalAnnounced()
                        && session.may(Permission.PRESENCE, room)) {
                    announcer.sendOwnArrival(session, room, session.identity().user(), change);
                }
            } finally {
                endRequest();
            }
        }

        private void endRequest() {
            RoomRequests.Request own = request;
            request = null;
            if (own != null) {
                own.endAnswered();
            }
        }

        @Override
        public void unavailable() {
            membership.leave(rooms, () -> {});
            refuse(new RelayUnavailableException("room not reachable"));
        }

        /** Restores the earlier membership, if there is one, and answers with the error. */
        private void refuse(Throwable why) {
            RoomName room = membership.name();
            try {
                session.restore(room, membership.previous());
                if (hasCalledEnter && !membership.wasPresent()) {
                    // If the call of enter failed, the store repeats that call later. So a leave is needed even then.
                    leavePresence(room, session);
                }
                errors.answerFailure(session, id, null, room, why);
            } finally {
                endRequest();
            }
        }

        @Override
        public void behind(long from, Position position) {
            metrics.increment(Counter.MEMBERS_BEHIND);
            session.reply(new ServerFrame.Behind(membership.name().value(), from, position));
        }
    }
}
