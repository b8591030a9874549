package io.roomcast.service.operations;

import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Author;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.service.operations.DrainSchedule.PlannedClose;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Closes sessions at different times, so that clients do not all reconnect at once. Each session gets a close time, and
 * is sent that time immediately. At its close time, a session that is still connected is closed (4001). The close waits
 * a short time for the answers to the session's requests, so that the client knows whether its last message was stored.
 * A drain closes all sessions, also those that open later, and makes the node not ready. A rebalance closes a share of
 * the sessions, and changes nothing else. At most one of the two runs at a time.
 *
 * <p><b>Concurrency.</b> Any thread may call. The monitor guards all state. The frames with the close times are queued
 * inside the monitor. The pool closes the sessions, outside the monitor.
 */
@ApplicationScoped
public class Drain {
    private static final Logger LOG = System.getLogger(Drain.class.getName());
    private static final long TICK_MILLIS = 100;
    /** The window for sessions that open while the node drains. */
    private static final Duration NEW_SESSIONS_WINDOW = Duration.ofSeconds(5);

    /** How long after its close time a session stays open for the answers to its requests. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What the node does with its sessions. */
    public enum State {
        /** Neither a drain nor a rebalance runs. */
        OFF,
        DRAINING,
        /** All sessions are gone. A new session gets a close time, and the state is {@code DRAINING} again. */
        DRAINED,
        /** The node stops. New sessions are closed at once. */
        STOPPING,
        REBALANCING
    }

    /**
     * The progress of a drain or a rebalance.
     *
     * @param planned number of sessions that got a close time
     * @param remaining number of these sessions that are still connected
     * @param elapsedMs milliseconds since the drain or rebalance began; 0 in the state {@code OFF}
     */
    public record Progress(State state, int planned, int remaining, long windowMs, long elapsedMs) {}

    private SessionRegistry sessions;
    private Readiness readiness;
    private Threads threads;
    private Clocks clocks;
    private Duration defaultWindow;
    private State state = State.OFF;
    /** Who began the drain; null if there is none, or if the node stops. */
    private Author beganBy;

    private DrainSchedule<ClientSession> schedule = new DrainSchedule<>();
    /** Sessions that got a close time and are not gone yet. */
    private Set<ClientSession> leaving = new HashSet<>();

    private Duration currentWindow = Duration.ZERO;
    private long startedAt;
    private ScheduledFuture<?> tickTask;

    /** For the container's proxy. */
    protected Drain() {}

    @Inject
    public Drain(SessionRegistry sessions, Readiness readiness, Threads threads, Clocks clocks, RoomcastConfig config) {
        this.sessions = sessions;
        this.readiness = readiness;
        this.threads = threads;
        this.clocks = clocks;
        this.defaultWindow = config.get(OperationKeys.DRAIN_WINDOW);
    }

    /**
     * Reads the window that an operator has asked for.
     *
     * @param text duration with its unit; null for {@code roomcast.drain.window}
     * @throws IllegalArgumentException if {@code text} is not such a duration; the message contains it
     */
    public Duration parseWindow(String text) {
        if (text == null) {
            return defaultWindow;
        }
        try {
            return OperationKeys.DRAIN_WINDOW.parser().apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("window=" + text + " is not " + e.getMessage());
        }
    }

    /** Closes all sessions within the window. A second call begins a new window for the sessions that are left. */
    public synchronized Progress drain(Duration window, Author author) {
        readiness.setDraining(true);
        begin(State.DRAINING, window, sessions.all());
        beganBy = author;
        logBegin("A drain begins", author);
        return progress();
    }

    /**
     * As {@link #drain}, unless the node drains or stops already.
     *
     * @return whether the drain has begun
     */
    public synchronized boolean drainIfNone(Duration window, Author author) {
        boolean begins = state == State.OFF || state == State.REBALANCING;
        if (begins) {
            drain(window, author);
        }
        return begins;
    }

    /** As {@link #drain}, for a node that stops. New sessions are closed at once. */
    public synchronized void stop(Duration window) {
        readiness.setDraining(true);
        begin(State.STOPPING, window, sessions.all());
    }

    /** Ends the drain that {@link #stop} began. */
    public synchronized void endStop() {
        end(State.STOPPING);
    }

    /**
     * Closes a share of the sessions within the window.
     *
     * @param share from 0 to 1; the sessions are chosen at random
     * @throws IllegalArgumentException if {@code share} is not from 0 to 1; the message contains it
     * @throws IllegalStateException while the node drains
     */
    public synchronized Progress rebalance(double share, Duration window, Author author) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share=" + share + " is not a number from 0 to 1");
        }
        if (state != State.OFF && state != State.REBALANCING) {
            throw new IllegalStateException("the node drains");
        }
        List<ClientSession> all = new ArrayList<>(sessions.all());
        Collections.shuffle(all);
        begin(State.REBALANCING, window, all.subList(0, (int) Math.round(all.size() * share)));
        logBegin("A rebalance begins", author);
        return progress();
    }

    /**
     * Ends a drain or a rebalance. No session is closed any more, and the node accepts new sessions. Clients that were
     * sent a close time may still reconnect to another node.
     */
    public synchronized Progress undrain(Author author) {
        LOG.log(
                Level.INFO,
                "The drain or rebalance is ended (state: " + state + ", sessions that stay: " + sessions.count()
                        + "), by " + author.text());
        end(State.OFF);
        readiness.setDraining(false);
        return progress();
    }

    /**
     * As {@link #undrain}, if the author began the drain that goes on. The drain of somebody else stays.
     *
     * @return whether the drain has ended
     */
    public synchronized boolean undrainOwn(Author author) {
        boolean isOwn = author.equals(beganBy);
        if (isOwn) {
            undrain(author);
        }
        return isOwn;
    }

    public synchronized Progress progress() {
        leaving.removeIf(this::isGone);
        long elapsed = state == State.OFF
                ? 0
                : TimeUnit.NANOSECONDS.toMillis(clocks.nanos().getAsLong() - startedAt);
        return new Progress(state, schedule.planned(), leaving.size(), currentWindow.toMillis(), elapsed);
    }

    private void logBegin(String what, Author author) {
        LOG.log(
                Level.INFO,
                what + " (sessions to close: " + schedule.planned() + ", within " + currentWindow.toMillis()
                        + " ms), by " + author.text());
    }

    private void begin(State next, Duration window, Collection<ClientSession> chosen) {
        end(next);
        currentWindow = window;
        startedAt = clocks.nanos().getAsLong();
        planCloses(chosen, window);
        tickTask = threads.timer()
                .scheduleWithFixedDelay(
                        () -> threads.pool().execute(this::tick), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void end(State next) {
        if (tickTask != null) {
            tickTask.cancel(false);
            tickTask = null;
        }
        state = next;
        beganBy = null;
        schedule = new DrainSchedule<>();
        leaving = new HashSet<>();
        currentWindow = Duration.ZERO;
    }

    private void planCloses(Collection<ClientSession> chosen, Duration window) {
        long now = clocks.nanos().getAsLong();
        List<PlannedClose<ClientSession>> planned = schedule.plan(chosen, window, now);
        planned.forEach(close -> leaving.add(close.session()));
        // All frames are sent now, because the session that closes first must get its frame before its close.
        for (PlannedClose<ClientSession> close : planned) {
            long millis = TimeUnit.NANOSECONDS.toMillis(close.closeTime() - now);
            close.session().reply(new ServerFrame.Draining(millis));
        }
    }

    private void tick() {
        List<ClientSession> due;
        List<ClientSession> refused = List.of();
        synchronized (this) {
            List<ClientSession> newSessions = state == State.OFF || state == State.REBALANCING
                    ? List.of()
                    : sessions.all().stream()
                            .filter(session -> !leaving.contains(session) && !session.isBetweenRequests())
                            .toList();
            if (state == State.STOPPING) {
                refused = newSessions;
            } else if (!newSessions.isEmpty()) {
                planCloses(newSessions, NEW_SESSIONS_WINDOW);
            }
            due = schedule.due(clocks.nanos().getAsLong(), ClientSession::awaitsAnswers, ANSWER_NANOS);
            leaving.removeIf(this::isGone);
            updateState();
        }
        due.forEach(session -> session.queue().closeWhenFlushed(CloseCode.DRAINING, "please reconnect"));
        refused.forEach(session -> session.queue().closeWhenFlushed(CloseCode.TRY_AGAIN_LATER, "the node stops"));
    }

    private void updateState() {
        if (state == State.DRAINING && leaving.isEmpty()) {
            state = State.DRAINED;
            LOG.log(Level.INFO, "The drain has closed all sessions");
        } else if (state == State.DRAINED && !leaving.isEmpty()) {
            state = State.DRAINING;
        } else if (state == State.REBALANCING && leaving.isEmpty()) {
            LOG.log(Level.INFO, "The rebalance has closed its sessions");
            end(State.OFF);
        }
    }

    private boolean isGone(ClientSession session) {
        // A session over HTTP has another object for each request.
        return sessions.find(session.id()) != session || session.isBetweenRequests();
    }
}
