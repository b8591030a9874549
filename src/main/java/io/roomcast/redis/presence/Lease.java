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

/**
 * What says that this node lives: as long as it is renewed the node's users are in their rooms, and once it has run out other nodes take them out.
 * Renewed ten times in a lease's time.
 *
 * <p>Whenever a connection was made anew, or the lease is lost, the node takes a <em>new</em> one, enters all its users under it, and only then puts the
 * old one out. Users who are under both are not seen to leave; one whom Redis had missed comes in; one who should have left goes; and what was
 * under way under the old lease finds itself fenced out, however late it comes.
 *
 * <p>A node judges others only after it has held its own lease for a lease's time without a break: when Redis was away, or the node itself stood still, all
 * leases may have run out, and everyone needs the time to renew them. A lease that was seen in a room is gone if two beats after that do not know it: it was
 * taken before anything was done under it.
 *
 * <p><b>Concurrency.</b> One beat at a time, begun by the timer and carried on by the replies; {@code beating} hands the other fields over
 * from one to the next. {@link #id}, {@link #judge} and {@link #doubt} are for any thread; {@code missing} is guarded by its own monitor.
 */
final class Lease {
    private static final Logger LOG = System.getLogger(Lease.class.getName());
    /** Beats in a lease's time. */
    private static final int BEATS = 10;

    private static final int MISSED_BEATS = 2;
    private static final int REMEMBERED_BEATS = 100 * BEATS;

    enum Verdict {
        LIVES,
        UNSURE,
        GONE
    }

    /** The users that the lease stands for. */
    interface Users {
        /** The lease is {@code next} from now on: enters all under it, then puts the other out. Completes when Redis has it all. */
        CompletionStage<Void> goOver(String old, String next);

        /** Between two beats. */
        void compare();
    }

    private final PresenceCommands commands;
    private final Users users;
    private volatile String id = newId();
    private volatile boolean inDoubt;
    private volatile boolean steady;
    private volatile boolean goingOver;
    /** That the last beat knew of. */
    private volatile Set<String> living = Set.of();
    /** Those that were asked for and that no beat has known since: how many beats. */
    private final Map<String, Integer> missing = new HashMap<>();

    private boolean isNew = true;
    private long steadySince = System.nanoTime();
    private long lastBeat = System.nanoTime();
    private boolean beating;
    private boolean stopped;
    private ScheduledFuture<?> beats;

    Lease(PresenceCommands commands, Users users) {
        this.commands = commands;
        this.users = users;
    }

    String id() {
        return id;
    }

    /** Whether users of this lease, which was seen in a room, are to be taken out. If it may be gone, that is known two beats after it was asked for first. */
    Verdict judge(String lease) {
        if (living.contains(lease) || lease.equals(id)) {
            return Verdict.LIVES;
        }
        synchronized (missing) {
            int beats = missing.computeIfAbsent(lease, l -> 0);
            return steady && beats >= MISSED_BEATS ? Verdict.GONE : Verdict.UNSURE;
        }
    }

    private void count(Set<String> leases) {
        synchronized (missing) {
            missing.keySet().removeAll(leases);
            missing.replaceAll((lease, beats) -> beats + 1);
            missing.values().removeIf(beats -> beats > REMEMBERED_BEATS);
        }
    }

    long beatMillis() {
        return Math.max(commands.leaseMillis() / BEATS, 1);
    }

    /** Lets nobody in any more; the users have been taken out. */
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

    /** What Redis knows of this node's users may be wrong. Any thread. */
    void doubt() {
        inDoubt = true;
    }

    private void beat() {
        synchronized (this) {
            if (beating || stopped) {
                return;
            }
            beating = true;
        }
        long now = System.nanoTime();
        if (now - lastBeat > leaseNanos() / 2) {
            unsettle(); // This node stood still, or was not answered.
        }
        lastBeat = now;
        steady = !inDoubt && now - steadySince > leaseNanos();
        commands.heartbeat(id, isNew, steady)
                .thenCompose(this::answered)
                .whenComplete((done, failure) -> ended(failure));
    }

    private long leaseNanos() {
        return TimeUnit.MILLISECONDS.toNanos(commands.leaseMillis());
    }

    private void unsettle() {
        steadySince = System.nanoTime();
        steady = false;
    }

    private CompletionStage<Void> answered(Beat beat) {
        isNew = false;
        living = Set.copyOf(beat.leases());
        count(living);
        if (beat.hold() != Hold.HELD || inDoubt) {
            unsettle();
        }
        if (goingOver) {
            inDoubt |= beat.hold() == Hold.LOST;
        } else if (beat.hold() == Hold.LOST || inDoubt) {
            return replace();
        } else {
            users.compare();
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> replace() {
        String old = id;
        String next = newId();
        inDoubt = false; // Before anything that may bring a new doubt.
        LOG.log(Level.DEBUG, "presence goes over from lease {0} to {1}", old, next);
        return commands.heartbeat(next, true, false).thenAccept(held -> {
            id = next;
            goingOver = true; // Beats go on meanwhile.
            users.goOver(old, next).whenComplete((done, failure) -> wentOver(old, failure));
        });
    }

    private void wentOver(String old, Throwable failure) {
        if (failure == null) {
            commands.end(old);
        } else {
            LOG.log(Level.DEBUG, "not all users went over", failure);
            inDoubt = true;
        }
        goingOver = false;
    }

    private void ended(Throwable failure) {
        if (failure != null) {
            LOG.log(Level.DEBUG, "a heartbeat failed", failure);
            inDoubt = true;
            unsettle();
        }
        synchronized (this) {
            beating = false;
        }
    }

    private static String newId() {
        return UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    }
}
