package io.roomcast.http.rooms;

import io.roomcast.config.LimitKeys;
import io.roomcast.config.PollKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.service.LeasedSessions;
import io.roomcast.service.RoomService;
import io.roomcast.service.SessionTickets;
import io.roomcast.service.session.ClientSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Serves polls. A poll names its rooms with the positions that the client has, and is answered with what came after
 * them: at once, or when something comes, or when its time is over. Any node answers it, and the same poll gets the same
 * again. While a poll waits, it is a session without a thread.
 */
@ApplicationScoped
public class Polls {
    /** How long the answer waits for more when there is news, so that messages that come together go together. */
    private static final long GATHER_MILLIS = 10;

    /**
     * The same, if there are only presence changes and signals. Each of them is one for all members of the room, who
     * would all poll again at once.
     */
    private static final long GATHER_NOTICES_MILLIS = 500;

    /** The shortest wait. What was missed may have to be read from the relay first. */
    private static final long LEAST_WAIT_MILLIS = 100;

    /** How long a poll whose time is over still waits until each of its rooms is joined or refused. */
    private static final long JOIN_MILLIS = 10_000;

    private LeasedSessions leases;
    private RoomService service;
    private Limits limits;
    private Threads threads;
    private long mostWaitMillis;
    private long answerBytes;

    /** For the container's proxy. */
    protected Polls() {}

    @Inject
    public Polls(LeasedSessions leases, RoomService service, Limits limits, Threads threads, RoomcastConfig config) {
        this.leases = leases;
        this.service = service;
        this.limits = limits;
        this.threads = threads;
        this.mostWaitMillis = config.get(PollKeys.WAIT).toMillis();
        this.answerBytes = config.get(PollKeys.ANSWER_BYTES);
    }

    /**
     * Begins to serve a poll. Does not wait for its answer.
     *
     * @throws io.roomcast.protocol.ProtocolException if the poll is refused; nothing is written then
     */
    void serve(RoomsRequest request, Callers.Caller caller, byte[] body, RoomsResponse response) {
        service.countBytes(body.length);
        PollBody poll = PollBody.read(body);
        limits.require(
                LimitKeys.ROOMS,
                poll.rooms().size(),
                ErrorCode.TOO_MANY_ROOMS,
                "a session may be in " + limits.get(LimitKeys.ROOMS) + " rooms");
        SessionTickets.Named named = caller.session(poll.session() == null ? request.ticket() : poll.session());
        new Poll(response).begin(request, caller, named, poll);
    }

    /**
     * A poll that is being served.
     *
     * <p><b>Concurrency.</b> Any thread. {@code begin} sets the fields before another thread can end the poll.
     */
    private final class Poll implements PollTransport.Listener {
        private final RoomsResponse response;
        private final PollTransport transport = new PollTransport(this, answerBytes);
        private volatile ClientSession session;
        /** The end of the wait; guarded by the monitor. */
        private ScheduledFuture<?> timeout;

        private boolean isAnswered;
        /** Whether {@link #begin} has returned, so that the poll can be answered. */
        private boolean hasBegun;

        private boolean mustEnd;
        /** Whether nobody is there to read the answer. */
        private volatile boolean isGone;

        /** Whether the time of the poll is over. */
        private boolean isOverdue;

        Poll(RoomsResponse response) {
            this.response = response;
        }

        void begin(RoomsRequest request, Callers.Caller caller, SessionTickets.Named named, PollBody poll) {
            session = leases.begin(named == null ? null : named.id(), transport, request.origin(), caller.identity());
            response.becomeSession();
            if (named == null || named.isOld()) {
                leases.greet(session, caller.newTicket(session.id()));
            }
            long wait = poll.waitMs() == null
                    ? mostWaitMillis
                    : Math.min(mostWaitMillis, Math.max(LEAST_WAIT_MILLIS, poll.waitMs()));
            synchronized (this) {
                hasBegun = true;
                if (!isAnswered && timeout == null) {
                    timeout = threads.timer().schedule(this::onTimeOver, wait, TimeUnit.MILLISECONDS);
                }
            }
            leases.join(session, poll.rooms(), this::onJoined);
            response.whenGone(this::onGone);
            boolean endNow;
            synchronized (this) {
                endNow = mustEnd;
            }
            if (endNow) {
                onEnd();
            }
        }

        private void onTimeOver() {
            synchronized (this) {
                isOverdue = true;
                if (!isAnswered && !transport.hasJoined()) {
                    timeout = threads.timer().schedule(this::onEnd, JOIN_MILLIS, TimeUnit.MILLISECONDS);
                    return;
                }
            }
            onEnd();
        }

        private void onJoined() {
            transport.onJoined();
            boolean endNow;
            synchronized (this) {
                endNow = isOverdue;
            }
            if (endNow) {
                onEnd();
            }
        }

        @Override
        public void onNews() {
            endWithin(GATHER_MILLIS);
        }

        @Override
        public void onNotice() {
            endWithin(GATHER_NOTICES_MILLIS);
        }

        private synchronized void endWithin(long millis) {
            if (!isAnswered && (timeout == null || timeout.getDelay(TimeUnit.MILLISECONDS) > millis)) {
                cancelTimeout();
                timeout = threads.timer().schedule(this::onEnd, millis, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void onEnd() {
            synchronized (this) {
                mustEnd = true;
                if (!hasBegun || isAnswered) {
                    return;
                }
                isAnswered = true;
                cancelTimeout();
            }
            threads.pool().execute(this::answer);
        }

        private void onGone() {
            isGone = true;
            onEnd();
        }

        private void cancelTimeout() {
            if (timeout != null) {
                timeout.cancel(false);
            }
        }

        private void answer() {
            byte[] frames = transport.take();
            CloseCode code = transport.closeCode();
            if (code == null || code.keepsLease()) {
                leases.endRequest(session);
            } else {
                leases.end(session, code);
            }
            if (isGone) {
                response.end();
                return;
            }
            response.sendFrames(frames, code != null && code != CloseCode.NORMAL, () -> {});
        }

        @Override
        public void onPing() {
            ClientSession known = session;
            // The heartbeat may find the session while it begins.
            if (known != null) {
                service.markAlive(known);
            }
        }
    }
}
