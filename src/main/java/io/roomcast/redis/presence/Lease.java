package io.roomcast.redis.presence;

import io.roomcast.redis.presence.PresenceCommands.Beat;
import io.roomcast.redis.presence.PresenceCommands.Hold;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The lease of this node in Redis. While the node renews it, the node's users are in their rooms. When it has expired,
 * other nodes remove these users. It is renewed ten times in a lease's time.
 *
 * <p>After a reconnect, or when the lease is lost, the node takes a <em>new</em> lease, enters all its users under it,
 * and only then evicts the old one. Users who are under both do not appear to leave. Users whom Redis had lost join
 * again, and users who should have left are removed. Late commands under the old lease are fenced: they change nothing.
 *
 * <p>A node evicts the leases of others only after it has held its own lease for a lease's time without interruption.
 * When Redis was unreachable, or this node was suspended, all leases may have expired, and every node needs this time
 * to renew its own. A lease that was seen in a room has expired if two later heartbeats do not report it: a node takes
 * its lease before it enters users.
 *
 * <p><b>Concurrency.</b> One heartbeat at a time: the timer begins it, and the replies continue it. {@code beating}
 * hands the other fields over from one heartbeat to the next. {@link #id}, {@link #stateOf} and {@link #markSuspect}
 * are for any thread; the map {@code missing} is guarded by its own monitor.
 */
final class Lease {
    private static final Logger LOG = System.getLogger(Lease.class.getName());
    /** Heartbeats in a lease's time. */
    private static final int BEATS = 10;

    private static final int MISSED_BEATS = 2;
    private static final int REMEMBERED_BEATS = 100 * BEATS;

    /** What is known of another node's lease. */
    enum State {
        ALIVE,
        UNKNOWN,
        EXPIRED
    }

    /** The users under the lease. */
    interface Users {
        /**
         * Enters all users under the new lease, then evicts them from the old one. Completes when Redis has done it.
         */
        CompletionStage<Void> moveTo(String old, String next);

        /** Compares some rooms with Redis. Called between two heartbeats. */
        void compare();
    }

    private final PresenceCommands commands;
    private final Users users;
    private final LongSupplier nanoClock;
    private volatile String id = newId();
    private volatile boolean suspect;
    private volatile boolean mayEvict;
    private volatile boolean moving;
    /** The leases that the last heartbeat reported. */
    private volatile Set<String> alive = Set.of();
    /** Leases that were seen in rooms, and how many heartbeats since have not reported them. */
    private final Map<String, Integer> missing = new HashMap<>();

    private boolean isNew = true;
    private long heldSince;
    private long lastBeat;
    private boolean beating;
    private boolean stopped;
    private ScheduledFuture<?> beats;

    /** @param nanoClock as {@link System#nanoTime} */
    Lease(PresenceCommands commands, Users users, LongSupplier nanoClock) {
        this.commands = commands;
        this.users = users;
        this.nanoClock = nanoClock;
        this.heldSince = nanoClock.getAsLong();
        this.lastBeat = heldSince;
    }

    String id() {
        return id;
    }

    /**
     * The state of a lease that was seen in a room. Whether it has expired is known two heartbeats after the first
     * call.
     */
    State stateOf(String lease) {
        if (alive.contains(lease) || lease.equals(id)) {
            return State.ALIVE;
        }
        synchronized (missing) {
            int beats = missing.computeIfAbsent(lease, l -> 0);
            return mayEvict && beats >= MISSED_BEATS ? State.EXPIRED : State.UNKNOWN;
        }
    }

    private void countMissing(Set<String> leases) {
        synchronized (missing) {
            missing.keySet().removeAll(leases);
            missing.replaceAll((lease, beats) -> beats + 1);
            missing.values().removeIf(beats -> beats > REMEMBERED_BEATS);
        }
    }

    long beatMillis() {
        return Math.max(commands.leaseMillis() / BEATS, 1);
    }

    /** Ends the lease, after its users have been removed. */
    void end() {
        stop();
        commands.end(id);
    }

    synchronized void start(ScheduledExecutorService timer) {
        beats = timer.scheduleWithFixedDelay(this::beat, 0, beatMillis(), TimeUnit.MILLISECONDS);
    }

    synchronized void stop() {
        stopped = true;
        if (beats != null) {
            beats.cancel(false);
        }
    }

    /** Redis may have lost users of this node: the next heartbeat takes a new lease. Any thread. */
    void markSuspect() {
        suspect = true;
    }

    private void beat() {
        synchronized (this) {
            if (beating || stopped) {
                return;
            }
            beating = true;
        }
        long now = nanoClock.getAsLong();
        if (now - lastBeat > leaseNanos() / 2) {
            restartHold(); // This node was suspended, or Redis did not answer.
        }
        lastBeat = now;
        mayEvict = !suspect && now - heldSince > leaseNanos();
        commands.heartbeat(id, isNew, mayEvict)
                .thenCompose(this::answered)
                .whenComplete((done, failure) -> ended(failure));
    }

    private long leaseNanos() {
        return TimeUnit.MILLISECONDS.toNanos(commands.leaseMillis());
    }

    private void restartHold() {
        heldSince = nanoClock.getAsLong();
        mayEvict = false;
    }

    private CompletionStage<Void> answered(Beat beat) {
        isNew = false;
        alive = Set.copyOf(beat.leases());
        countMissing(alive);
        if (beat.hold() != Hold.HELD || suspect) {
            restartHold();
        }
        if (moving) {
            suspect |= beat.hold() == Hold.LOST;
        } else if (beat.hold() == Hold.LOST || suspect) {
            return replace();
        } else {
            users.compare();
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> replace() {
        String old = id;
        String next = newId();
        suspect = false; // Before anything that may set it again.
        LOG.log(Level.DEBUG, "presence moves from lease {0} to {1}", old, next);
        return commands.heartbeat(next, true, false).thenAccept(held -> {
            id = next;
            moving = true; // Heartbeats continue meanwhile.
            users.moveTo(old, next).whenComplete((done, failure) -> moved(old, failure));
        });
    }

    private void moved(String old, Throwable failure) {
        if (failure == null) {
            commands.end(old);
        } else {
            LOG.log(Level.DEBUG, "not all users moved to the new lease", failure);
            suspect = true;
        }
        moving = false;
    }

    private void ended(Throwable failure) {
        if (failure != null) {
            LOG.log(Level.DEBUG, "a heartbeat failed", failure);
            suspect = true;
            restartHold();
        }
        synchronized (this) {
            beating = false;
        }
    }

    private static String newId() {
        return UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    }
}
