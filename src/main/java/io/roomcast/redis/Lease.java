package io.roomcast.redis;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What says that this node lives: as long as it is renewed the node's sessions are members, and once it has run out another node
 * removes them. Renewed ten times in a lease's time.
 *
 * <p>Whenever something may have gone wrong (a command failed, the lease was taken away, Redis lost it) the node takes a <em>new</em>
 * lease, enters all its sessions under it, and only then removes what is left of the old one. Users whose sessions are under both are not
 * seen to leave; a session that Redis had missed comes in; one that should have left goes.
 *
 * <p>A node takes over the leases of others only after it has held its own for a lease's time without a break: when Redis was away all
 * leases run out at once, and everyone needs the time to renew them.
 *
 * <p><b>Concurrency.</b> One beat at a time, begun by the timer and carried on by the replies; {@code beating} hands the other fields over
 * from one to the next. {@link #id} and {@link #doubt} are for any thread.
 */
final class Lease {
    private static final Logger LOG = System.getLogger(Lease.class.getName());
    /** Beats in a lease's time. */
    private static final int BEATS = 10;

    /** The sessions that the lease stands for. */
    interface Members {
        /** @param silent whether nobody was ever told that they had left */
        CompletionStage<Void> enterAll(String lease, boolean silent);

        /** Removes the members of a lease, and forgets it. */
        CompletionStage<Void> remove(String lease);
    }

    private final PresenceCommands commands;
    private final Members members;
    private final String node;
    private volatile String id;
    private volatile boolean inDoubt;
    private boolean isNew = true;
    private boolean silent;
    private long steadySince = System.nanoTime();
    private boolean beating;
    private ScheduledFuture<?> beats;

    Lease(PresenceCommands commands, Members members, String node) {
        this.commands = commands;
        this.members = members;
        this.node = node;
        this.id = newId();
    }

    String id() {
        return id;
    }

    synchronized void start(ScheduledExecutorService timer) {
        beats = timer.scheduleWithFixedDelay(this::beat, 0, commands.leaseMillis() / BEATS, TimeUnit.MILLISECONDS);
    }

    synchronized void stop() {
        if (beats != null) {
            beats.cancel(false);
        }
    }

    /** What Redis knows of this node's sessions may be wrong. Any thread. */
    void doubt() {
        inDoubt = true;
    }

    private void beat() {
        synchronized (this) {
            if (beating) {
                return;
            }
            beating = true;
        }
        boolean claim = !inDoubt && isSteady();
        commands.heartbeat(id, isNew, claim)
                .thenCompose(this::answered)
                .whenComplete((done, failure) -> ended(failure));
    }

    private boolean isSteady() {
        return System.nanoTime() - steadySince > TimeUnit.MILLISECONDS.toNanos(commands.leaseMillis());
    }

    private CompletionStage<Void> answered(PresenceCommands.Beat beat) {
        isNew = false;
        boolean away = beat.hold() == PresenceCommands.Hold.GONE || beat.hold() == PresenceCommands.Hold.LOST;
        silent |= beat.hold() == PresenceCommands.Hold.LOST;
        if (beat.hold() != PresenceCommands.Hold.HELD) {
            steadySince = System.nanoTime();
        }
        if (away || inDoubt) {
            return replace();
        }
        return Replies.all(beat.claimed().stream().map(members::remove).toList());
    }

    private CompletionStage<Void> replace() {
        String old = id;
        String next = newId();
        inDoubt = false; // Before anything that may bring a new doubt.
        LOG.log(Level.DEBUG, "presence goes over from lease {0} to {1}", old, next);
        return commands.heartbeat(next, true, false)
                .thenCompose(held -> {
                    id = next;
                    return members.enterAll(next, silent);
                })
                .thenCompose(entered -> {
                    silent = false;
                    return members.remove(old);
                });
    }

    private void ended(Throwable failure) {
        if (failure != null) {
            LOG.log(Level.DEBUG, "a heartbeat failed", failure);
            inDoubt = true;
            steadySince = System.nanoTime();
        }
        synchronized (this) {
            beating = false;
        }
    }

    private String newId() {
        return node + ":" + UUID.randomUUID();
    }
}
