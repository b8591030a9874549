package io.roomcast.service.operations;

import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.service.operations.DrainSchedule.Slot;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
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
 * Closes sessions gently, at different times: each is told at once when to come back, and is closed with 4001 at that
 * time if it is still there. A drain closes all sessions, new ones too, and the node is not ready. A rebalance closes a
 * share of the sessions and changes nothing else. One of the two runs at a time.
 *
 * <p><b>Concurrency.</b> Any thread may call. The monitor guards all state. Sessions are told of their slots inside it,
 * on the caller's thread; they are closed by the lanes' pool, outside of it.
 */
@ApplicationScoped
public class Drain {
    private static final long TICK_MILLIS = 100;
    /** A session that opens while the node drains gets a slot within this time. */
    private static final Duration NEWCOMERS = Duration.ofSeconds(5);

    /** What is going on. */
    public enum State {
        /** Nothing: sessions stay. */
        OFF,
        DRAINING,
        /** All are gone; newcomers are sent on. */
        DRAINED,
        /** The node ends; newcomers are refused. */
        STOPPING,
        REBALANCING
    }

    /**
     * How far a drain or a rebalance has come.
     *
     * @param planned sessions that were given a slot
     * @param remaining those of them that are still connected
     * @param elapsedMs since it was asked for
     */
    public record Progress(State state, int planned, int remaining, long windowMs, long elapsedMs) {}

    private SessionRegistry sessions;
    private Readiness readiness;
    private Threads threads;
    private Clocks clocks;
    private Duration usualWindow;
    private State state = State.OFF;
    private DrainSchedule<ClientSession> schedule = new DrainSchedule<>();
    /** Sessions that were given a slot, until they are gone. */
    private Set<ClientSession> leaving = new HashSet<>();

    private Duration window = Duration.ZERO;
    private long started;
    private ScheduledFuture<?> timer;

    /** For the container's proxy. */
    protected Drain() {}

    @Inject
    public Drain(SessionRegistry sessions, Readiness readiness, Threads threads, Clocks clocks, RoomcastConfig config) {
        this.sessions = sessions;
        this.readiness = readiness;
        this.threads = threads;
        this.clocks = clocks;
        this.usualWindow = config.get(OperationKeys.DRAIN_WINDOW);
    }

    /**
     * The window that an operator asks for.
     *
     * @param text a duration with its unit; null or blank for {@code roomcast.drain.window}
     * @throws IllegalArgumentException that names what was given
     */
    public Duration window(String text) {
        if (text == null || text.isBlank()) {
            return usualWindow;
        }
        try {
            return OperationKeys.DRAIN_WINDOW.parser().apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("window=" + text + " is not " + e.getMessage());
        }
    }

    /** Closes all sessions over the window. A second call begins a new window with those that are left. */
    public synchronized Progress drain(Duration over) {
        readiness.drain(true);
        begin(State.DRAINING, over, sessions.all());
        return progress();
    }

    /** The same for a node that ends. */
    public synchronized void stop(Duration over) {
        readiness.drain(true);
        begin(State.STOPPING, over, sessions.all());
    }

    /** After {@link #stop}: nothing runs any more. */
    public synchronized void stopped() {
        end(State.STOPPING);
    }

    /**
     * Closes a share of the sessions over the window.
     *
     * @param share from 0 to 1
     * @throws IllegalArgumentException that names the share, if it is another number
     * @throws IllegalStateException while the node drains
     */
    public synchronized Progress rebalance(double share, Duration over) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share=" + share + " is not a number from 0 to 1");
        }
        if (state != State.OFF && state != State.REBALANCING) {
            throw new IllegalStateException("the node drains");
        }
        List<ClientSession> all = new ArrayList<>(sessions.all());
        Collections.shuffle(all);
        begin(State.REBALANCING, over, all.subList(0, (int) Math.round(all.size() * share)));
        return progress();
    }

    /**
     * Ends a drain or a rebalance: the node takes sessions and closes none. Clients that were told a time may reconnect
     * elsewhere all the same.
     */
    public synchronized Progress undrain() {
        end(State.OFF);
        readiness.drain(false);
        return progress();
    }

    public synchronized Progress progress() {
        leaving.removeIf(this::isGone);
        long elapsed = state == State.OFF
                ? 0
                : TimeUnit.NANOSECONDS.toMillis(clocks.nanos().getAsLong() - started);
        return new Progress(state, schedule.planned(), leaving.size(), window.toMillis(), elapsed);
    }

    private void begin(State next, Duration over, Collection<ClientSession> who) {
        end(next);
        window = over;
        started = clocks.nanos().getAsLong();
        tell(who, over);
        timer = threads.timer()
                .scheduleWithFixedDelay(
                        () -> threads.lanes().execute(this::tick), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void end(State next) {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        state = next;
        schedule = new DrainSchedule<>();
        leaving = new HashSet<>();
        window = Duration.ZERO;
    }

    private void tell(Collection<ClientSession> who, Duration over) {
        long now = clocks.nanos().getAsLong();
        List<Slot<ClientSession>> planned = schedule.plan(who, over, now);
        planned.forEach(slot -> leaving.add(slot.session()));
        // At once: the session with the first slot must be told before it is closed.
        for (Slot<ClientSession> slot : planned) {
            long millis = TimeUnit.NANOSECONDS.toMillis(slot.at() - now);
            slot.session().reply(new ServerFrame.Draining(millis));
        }
    }

    private void tick() {
        List<ClientSession> due;
        List<ClientSession> refused = List.of();
        synchronized (this) {
            List<ClientSession> newcomers = state == State.OFF || state == State.REBALANCING
                    ? List.of()
                    : sessions.all().stream()
                            .filter(session -> !leaving.contains(session))
                            .toList();
            if (state == State.STOPPING) {
                refused = newcomers;
            } else if (!newcomers.isEmpty()) {
                tell(newcomers, NEWCOMERS);
            }
            due = schedule.due(clocks.nanos().getAsLong());
            leaving.removeIf(this::isGone);
            settle();
        }
        due.forEach(session -> session.queue().closeWhenDrained(CloseCode.DRAINING, "please reconnect"));
        refused.forEach(session -> session.queue().closeWhenDrained(CloseCode.TRY_AGAIN_LATER, "the node stops"));
    }

    private void settle() {
        if (state == State.DRAINING && leaving.isEmpty()) {
            state = State.DRAINED;
        } else if (state == State.DRAINED && !leaving.isEmpty()) {
            state = State.DRAINING;
        } else if (state == State.REBALANCING && leaving.isEmpty()) {
            end(State.OFF);
        }
    }

    private boolean isGone(ClientSession session) {
        return sessions.find(session.id()) == null;
    }
}
