package io.roomcast.service;

import io.roomcast.config.PollKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.node.Node;
import io.roomcast.node.NodeStarted;
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
 * id guards which session is the current one, and is held while a session replaces another, or a lease ends. So a user
 * whose lease ends leaves presence before a later request enters it again.
 */
@ApplicationScoped
public class LeasedSessions {
    private static final int LOCKS = 64;

    private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();
    private SessionRegistry sessions;
    private Entrance entrance;
    private RoomJoins joins;
    private InFlight inFlight;
    private ErrorReplies errors;
    private RateLimits rates;
    private Greeting greeting;
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
            Threads threads,
            RoomcastConfig config) {
        this.sessions = sessions;
        this.entrance = entrance;
        this.joins = joins;
        this.inFlight = inFlight;
        this.errors = errors;
        this.rates = rates;
        this.greeting = greeting;
        this.threads = threads;
        this.leaseNanos = config.get(PollKeys.LEASE).toNanos();
    }

    void onNodeStarted(@Observes NodeStarted event) {
        var unused = threads.timer()
                .scheduleWithFixedDelay(() -> threads.pool().execute(this::endLeases), 1, 1, TimeUnit.SECONDS);
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
                    return next;
                }
            }
            return entrance.openOverHttp(actual, transport, origin, identity);
        }
    }

    private void supersede(ClientSession before) {
        if (!before.isBetweenRequests()) {
            before.reply(new ServerFrame.Error(
                    null, null, null, ErrorCode.SUPERSEDED, "a later request of this session has taken over", null));
            before.queue().close(CloseCode.NORMAL, "superseded");
        }
        endRequest(before);
    }

    /** Greets a client that has no ticket, or an old one. */
    public void greet(ClientSession session, String ticket) {
        greeting.send(session, null, ticket);
    }

    /**
     * Joins a session to the rooms of its request, and takes its user out of the presence of all others. All joins
     * together are one request.
     *
     * @param answered runs once, when each join is answered
     */
    public void join(ClientSession session, List<ClientFrame.Join> rooms, Runnable answered) {
        Lease lease = session.lease();
        List<RoomName> wanted = rooms.stream()
                .filter(ClientFrame.Join::present)
                .map(ClientFrame.Join::room)
                .toList();
        lease.setWanted(wanted);
        List<RoomName> left = new ArrayList<>(lease.presentIn());
        left.removeAll(wanted);
        joins.leavePresence(session, left, false);
        AtomicInteger unanswered = new AtomicInteger(rooms.size() + 1);
        Runnable countDown = () -> {
            if (unanswered.decrementAndGet() == 0) {
                answered.run();
            }
        };
        rooms.forEach(room -> join(session, room, countDown));
        countDown.run();
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

    private void endLeases() {
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
                joins.leavePresence(session, session.lease().presentIn(), afterGrace);
            }
        }
    }
}
