package io.roomcast.service;

import io.roomcast.config.Permission;
import io.roomcast.config.PollKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.node.Node;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.service.admission.RateLimits;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.InFlight;
import io.roomcast.service.session.Lease;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The sessions of clients that use rooms over HTTP. A request that waits for messages is an ordinary session, which ends
 * with the request. Its {@link Lease} stays for a while: it counts as a session and keeps the user present, until the
 * next request of the client takes the place of the session, or the lease ends.
 *
 * <p><b>Concurrency.</b> Any thread; no method blocks. Requests of one client may come at the same time. A lock for its
 * id guards which session is the current one, and is held while a session replaces another, a poll says where its user is
 * present, or a lease ends. So a user whose lease ends leaves presence before a later request enters it again.
 */
@ApplicationScoped
public class LeasedSessions {
    /** Why an administrator's disconnect closes a session. */
    public static final String KICKED_TEXT = "disconnected by an administrator";

    private static final int LOCKS = 64;
    /** How long a notice of another node may be on its way. */
    private static final long TRANSIT_MILLIS = 1_000;

    private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();
    private SessionRegistry sessions;
    private Entrance entrance;
    private RoomJoins joins;
    private InFlight inFlight;
    private ErrorReplies errors;
    private RateLimits rates;
    private Greeting greeting;
    private LeaseNotices notices;
    private Expulsions expulsions;
    private RunningTime time;
    private Threads threads;
    private long leaseNanos;

    /** For the container's proxy. */
    protected LeasedSessions() {}

    @Inject
    public LeasedSessions(
            SessionRegistry sessions,
            Entrance entrance,
            RoomJoins joins,
            InFlight inFlight,
            ErrorReplies errors,
            RateLimits rates,
            Greeting greeting,
            LeaseNotices notices,
            Expulsions expulsions,
            RunningTime time,
            Threads threads,
            RoomcastConfig config) {
        this.sessions = sessions;
        this.entrance = entrance;
        this.joins = joins;
        this.inFlight = inFlight;
        this.errors = errors;
        this.rates = rates;
        this.greeting = greeting;
        this.notices = notices;
        this.expulsions = expulsions;
        this.time = time;
        this.threads = threads;
        this.leaseNanos = config.get(PollKeys.LEASE).toNanos();
    }

    void onNodeStarted(@Observes NodeStarted event) {
        notices.start(this::onNotice);
        var unused = threads.timer()
                .scheduleWithFixedDelay(() -> threads.pool().execute(this::tick), 1, 1, TimeUnit.SECONDS);
    }

    private Object lock(String id) {
        return locks[Math.floorMod(id.hashCode(), LOCKS)];
    }

    /**
     * Begins the session of a request that waits for messages. Ends the request of the same client that waits on this
     * node, if there is one.
     *
     * @param id id of the client's session, whose ticket was checked; null for a new client
     * @throws ProtocolException {@code busy} or {@code rate_limited}; no session was begun then
     */
    public ClientSession begin(String id, Transport transport, ClientOrigin origin, Identity identity) {
        String actual = id == null ? Node.randomId(9) : id;
        synchronized (lock(actual)) {
            ClientSession before = sessions.find(actual);
            if (before != null) {
                rates.countRequest(before);
                supersede(before);
                ClientSession next = sessions.succeed(before, transport, entrance.arrival(transport, origin), identity);
                if (next != null) {
                    return turnedAwayIfDisconnected(id, next);
                }
            }
            return turnedAwayIfDisconnected(id, entrance.openOverHttp(actual, transport, origin, identity));
        }
    }

    private ClientSession turnedAwayIfDisconnected(String id, ClientSession session) {
        if (id != null && expulsions.isDisconnected(id, session.user())) {
            tellDisconnected(session);
            session.queue().closeWhenFlushed(CloseCode.KICKED, KICKED_TEXT);
        }
        return session;
    }

    private void tellDisconnected(ClientSession session) {
        expulsions.told(session.id(), null, 0);
        notices.polled(session.id(), time.getAsLong());
    }

    /**
     * Whether a client that sends frames has to be told that it was disconnected. Its next request that waits is told,
     * too.
     */
    public boolean isDisconnected(String id, Identity identity) {
        return expulsions.isDisconnected(id, identity.userId());
    }

    /** Disconnects a session over HTTP (4500): its request, if one waits here, and its lease. */
    void disconnect(ClientSession session) {
        if (session.isBetweenRequests()) {
            end(session, CloseCode.KICKED);
        } else {
            tellDisconnected(session);
            session.queue().close(CloseCode.KICKED, KICKED_TEXT);
        }
    }

    /**
     * Takes a client over HTTP out of a room. A request that waits here is told now, and any other at its next request.
     *
     * @return whether the client was in the room
     */
    boolean remove(ClientSession session, RoomName room) {
        Lease lease = session.lease();
        boolean wasPresent = lease.wants(room) || lease.presentIn().contains(room);
        lease.unwant(room);
        if (session.membership(room) == null) {
            joins.leavePresence(session, wasPresent ? List.of(room) : List.of());
            return wasPresent;
        }
        joins.removeFromRoom(session, room, () -> true, () -> tellRemoved(session, room));
        return true;
    }

    private void tellRemoved(ClientSession session, RoomName room) {
        expulsions.told(session.id(), room, 0);
        notices.left(session.id(), room);
    }

    private void supersede(ClientSession before) {
        if (!before.isBetweenRequests()) {
            before.reply(new ServerFrame.Error(
                    null, null, null, ErrorCode.SUPERSEDED, "a later request of this session has taken over", null));
            before.queue().close(CloseCode.NORMAL, "superseded");
        }
        endRequest(before);
    }

    /**
     * The session of a client that sends frames: the one of its waiting request, or of its lease. A lease begins if the
     * client has none on this node. So all frames of the client count towards the same limits.
     *
     * @param id id of the client's session
     * @throws ProtocolException {@code busy}; no lease was begun then
     */
    public ClientSession lease(String id, ClientOrigin origin, Identity identity) {
        synchronized (lock(id)) {
            ClientSession known = sessions.find(id);
            if (known == null) {
                known = entrance.openOverHttp(id, NoTransport.INSTANCE, origin, identity);
                endRequest(known);
            }
            return known;
        }
    }

    /** Greets a client that has no ticket, or an old one. */
    public void greet(ClientSession session, String ticket) {
        greeting.send(session, null, ticket);
    }

    /**
     * Joins a session to the rooms of its request, and takes its user out of the presence of all others. All joins
     * together are one request. A room that the client was taken out of since its last request is answered with {@code
     * left}. Does nothing for a session that was turned away.
     *
     * @param answered runs once, when each join is answered
     */
    public void join(ClientSession session, List<ClientFrame.Join> asked, Runnable answered) {
        if (!session.isOpen()) {
            answered.run();
            return;
        }
        List<ClientFrame.Join> rooms =
                asked.stream().filter(join -> !isRemoved(session, join)).toList();
        Lease lease = session.lease();
        List<RoomName> wanted = rooms.stream()
                .filter(ClientFrame.Join::present)
                .map(ClientFrame.Join::room)
                // Whoever may no longer read a room does not stay in its presence either.
                .filter(room -> session.may(Permission.READ, room))
                .toList();
        synchronized (lock(session.id())) {
            lease.setWanted(wanted);
        }
        List<RoomName> left = new ArrayList<>(lease.presentIn());
        left.removeAll(wanted);
        joins.leavePresence(session, left);
        long began = time.getAsLong();
        lease.setPolledAt(began);
        AtomicInteger unanswered = new AtomicInteger(rooms.size() + 1);
        Runnable countDown = () -> {
            if (unanswered.decrementAndGet() == 0) {
                answered.run();
                notices.polled(session.id(), began);
            }
        };
        rooms.forEach(room -> join(session, room, countDown));
        countDown.run();
    }

    private boolean isRemoved(ClientSession session, ClientFrame.Join join) {
        boolean isRemoved = join.since() != null && expulsions.isRemoved(session.id(), session.user(), join.room());
        if (isRemoved) {
            tellRemoved(session, join.room());
            session.reply(new ServerFrame.Left(null, join.room().value()));
        }
        return isRemoved;
    }

    private void join(ClientSession session, ClientFrame.Join join, Runnable answered) {
        Runnable release;
        try {
            release = inFlight.begin(session, join.bytes());
        } catch (ProtocolException e) {
            errors.answerFailure(session, null, null, join.room(), e);
            answered.run();
            return;
        }
        session.requests()
                .submit(
                        join.room(),
                        true,
                        request -> {
                            try {
                                joins.join(session, join, request);
                            } catch (RuntimeException e) {
                                request.answerInTurn(() -> errors.answerFailure(session, null, null, join.room(), e));
                            }
                        },
                        () -> {
                            release.run();
                            answered.run();
                        });
    }

    /** Serves a {@code leave} that came over HTTP: on this node at once, on the others within about a second. */
    public void leave(ClientSession session, ClientFrame.Leave frame) {
        try {
            rates.countRequest(session);
            if (frame.room() == null) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "room is missing");
            }
        } catch (ProtocolException e) {
            errors.answerFailure(session, frame.id(), null, frame.room(), e);
            return;
        }
        notices.left(session.id(), frame.room());
        leaveHere(session.id(), frame.room());
        session.reply(new ServerFrame.Left(frame.id(), frame.room().value()));
    }

    private void leaveHere(String id, RoomName room) {
        ClientSession current = sessions.find(id);
        if (current == null || current.lease() == null) {
            return;
        }
        current.lease().unwant(room);
        if (current.membership(room) != null) {
            joins.removeFromRoom(current, room, () -> true, () -> {});
        } else {
            joins.leavePresence(current, List.of(room));
        }
    }

    private void onNotice(LeaseNotices.Notice notice) {
        expulsions.told(notice.session(), notice.room() == null ? null : new RoomName(notice.room()), notice.ageMs());
        ClientSession current = sessions.find(notice.session());
        if (current == null || current.lease() == null) {
            return;
        }
        long age =
                TimeUnit.NANOSECONDS.toMillis(time.getAsLong() - current.lease().polledAt());
        if (notice.room() != null) {
            if (age > notice.ageMs()) {
                leaveHere(notice.session(), new RoomName(notice.room()));
            }
        } else if (age > notice.ageMs() + TRANSIT_MILLIS) {
            supersede(current);
            endLease(current, CloseCode.NORMAL, false);
        }
    }

    /** Ends the session of a request that has been answered. Its lease goes on. Idempotent. */
    public void endRequest(ClientSession session) {
        session.queue().markClosed();
        if (session.end()) {
            joins.leaveAll(session, true);
        }
    }

    /** Ends a session whose client does not come back, or must not: with its lease. */
    public void end(ClientSession session, CloseCode code) {
        endRequest(session);
        endLease(session, code, true);
    }

    private void tick() {
        notices.send();
        expulsions.tick();
        for (ClientSession session : sessions.all()) {
            if (session.isBetweenRequests() && session.queue().closedForNanos() >= leaseNanos) {
                endLease(session, CloseCode.NORMAL, false);
            }
        }
    }

    private void endLease(ClientSession session, CloseCode code, boolean afterGrace) {
        synchronized (lock(session.id())) {
            if (sessions.remove(session, code.number())) {
                session.lease().setWanted(List.of());
                List<RoomName> left = session.lease().presentIn();
                if (afterGrace) {
                    joins.afterGrace(() -> threads.pool().execute(() -> leaveUnlessBack(session, left)));
                } else {
                    joins.leavePresence(session, left);
                }
            }
        }
    }

    /** Takes a user out of the presence of rooms, except where a later session of the same client is present. */
    private void leaveUnlessBack(ClientSession ended, List<RoomName> rooms) {
        synchronized (lock(ended.id())) {
            ClientSession later = sessions.find(ended.id());
            joins.leavePresence(
                    ended,
                    rooms.stream()
                            .filter(room -> later == null
                                    || later.lease() == null
                                    || !later.lease().wants(room))
                            .toList());
        }
    }
}
