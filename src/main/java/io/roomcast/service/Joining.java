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
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Joins sessions to rooms and takes them out again, and keeps presence true to it. Presence is entered when the room
 * is open here, so that whoever comes is told of everybody who comes later; and before the room is joined, since {@code joined} tells the count. Any thread; nothing blocks.
 */
@ApplicationScoped
public class Joining {
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
    void join(RoomSession session, ClientFrame.Join frame) {
        RoomName room = frame.room();
        if (session.membership(room) == null) {
            limits.require(
                    LimitKeys.ROOMS,
                    session.rooms() + 1L,
                    ErrorCode.TOO_MANY_ROOMS,
                    "a session may be in " + limits.get(LimitKeys.ROOMS) + " rooms");
            requireSpace(room);
        }
        if (!session.identity().permissions().mayRead(room)) {
            throw new ProtocolException(ErrorCode.FORBIDDEN, "this user may not enter the room");
        }
        Membership membership = new Membership(room);
        Membership previous = session.put(membership);
        if (previous == membership) {
            return;
        }
        if (previous != null) {
            previous.end(rooms);
        }
        membership.open(rooms).whenComplete((open, failure) -> {
            if (failure == null) {
                enter(session, membership, frame);
            } else if (!(failure instanceof CancellationException)) {
                giveUp(session, membership);
                refusal.answer(session, frame.id(), null, room, failure);
            }
        });
    }

    private void giveUp(RoomSession session, Membership membership) {
        session.remove(membership);
        membership.end(rooms);
    }

    private void enter(RoomSession session, Membership membership, ClientFrame.Join frame) {
        RoomName room = membership.room();
        UserName user = session.user();
        presence.enter(room, user, session.id()).whenComplete((change, failure) -> {
            if (failure != null) {
                giveUp(session, membership);
                // A store that could not be reached does later what it was asked for: take it back.
                withdraw(room, user, session.id());
                refusal.answer(session, frame.id(), null, room, failure);
                return;
            }
            if (change.changed() && !limits.allows(LimitKeys.ROOM_USERS, change.count())) {
                giveUp(session, membership);
                withdraw(room, user, session.id());
                refusal.answer(session, frame.id(), null, room, full());
                return;
            }
            Outcome outcome = new Outcome(session, membership, user, frame, change);
            Member member = new Member(session.queue(), !session.isPlain(), outcome);
            outcome.member = member;
            if (!membership.enter(rooms, member, frame.since(), change.revision())
                    && session.membership(room) == null) {
                withdraw(room, user, session.id());
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

    private ProtocolException full() {
        return limits.reached(LimitKeys.ROOM_USERS, ErrorCode.ROOM_FULL, "the room is full", null);
    }

    /** @return false when the session is not in the room */
    boolean leave(RoomSession session, RoomName room) {
        Membership membership = session.remove(room);
        if (membership == null) {
            return false;
        }
        if (membership.end(rooms)) {
            withdraw(room, session.user(), session.id());
        }
        return true;
    }

    /** Takes a session out of all its rooms after its connection ended; others see it leave when it has not come back in time. */
    void leaveAll(RoomSession session) {
        for (Membership membership : session.close()) {
            if (membership.end(rooms)) {
                var unused = threads.timer()
                        .schedule(
                                () -> withdraw(membership.room(), session.user(), session.id()),
                                graceMillis,
                                TimeUnit.MILLISECONDS);
            }
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
        private final PresenceStore.Change change;
        private Member member;

        Outcome(
                RoomSession session,
                Membership membership,
                UserName user,
                ClientFrame.Join frame,
                PresenceStore.Change change) {
            this.session = session;
            this.membership = membership;
            this.user = user;
            this.id = frame.id();
            this.returning = frame.since() != null;
            this.change = change;
        }

        @Override
        public void joined(Position position, boolean recovered) {
            RoomName room = membership.room();
            if (returning) {
                metrics.recovery(recovered);
            }
            session.reply(new ServerFrame.Joined(
                    id, room.value(), user.value(), position.epoch(), position.offset(), recovered, change.count()));
            if (change.changed() && member.announced() >= change.revision()) {
                announcer.welcome(session, room, user, change);
            }
        }

        @Override
        public void unavailable() {
            session.remove(membership);
            if (membership.end(rooms)) {
                withdraw(membership.room(), user, session.id());
            }
            refusal.answer(session, id, null, membership.room(), new RelayUnavailableException("room not reachable"));
        }

        @Override
        public void behind(long from, Position position) {
            metrics.memberBehind();
            session.reply(new ServerFrame.Behind(membership.room().value(), position.epoch(), from, position.offset()));
        }
    }
}
