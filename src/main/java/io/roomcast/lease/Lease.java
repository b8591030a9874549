package io.roomcast.lease;

import io.roomcast.lease.PresenceBook.Renewal;
import io.roomcast.lease.PresenceBook.RenewalState;
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
 * The lease of this node in the broker: the right, limited in time, to have users in rooms. While the node renews the lease,
 * its users stay in their rooms. After the lease has expired, other nodes remove these users. The node renews the lease
 * ten times in the lease's time. The reply to a renewal reports the leases of all nodes.
 *
 * <p>After a reconnect, or when the broker does not know the lease any more, the node takes a <em>new</em> lease. It enters
 * all its users under the new lease, and only then evicts the old lease. A user who is under both leases does not
 * appear to leave. Users whom the broker had lost join again, and users who should have left are removed. Late commands
 * under the old lease are fenced, which means that they change nothing.
 *
 * <p>A node evicts the leases of other nodes only after it has held its own lease for a lease's time without
 * interruption. When the broker was unreachable, or this node was suspended, all leases may have expired. Every node then
 * needs this time to renew its own lease.
 *
 * <p>A node takes its lease in the broker before it enters users under the lease. So the broker reports a lease that was seen in
 * a room until the lease expires. The lease has expired if two later renewals do not report it. A single renewal does
 * not prove this, since it may have been carried out before the lease was taken.
 *
 * <p><b>Concurrency.</b> One renewal at a time: the timer starts the renewal, and the replies continue it. Only the
 * thread that has set {@code renewing} uses the other fields. Any thread may call {@link #id}, {@link #stateOf}
 * and {@link #requestReplacement}. The map {@code unreported} is guarded by its own monitor.
 */
final class Lease {
    private static final Logger LOG = System.getLogger(Lease.class.getName());
    /** How often a lease is renewed in the lease's time. */
    private static final int RENEWALS_PER_LEASE = 10;

    /** After this many renewals that did not report a lease, the lease has expired. */
    private static final int MISSED_RENEWALS = 2;
    /** After this many renewals, a lease that none of them reported is forgotten. */
    private static final int REMEMBERED_RENEWALS = 100 * RENEWALS_PER_LEASE;

    /** What this node knows of a lease. */
    enum State {
        /** The last renewal reported the lease, or the lease is this node's own. */
        ALIVE,
        /** The lease may have expired. Later renewals will show it. */
        UNKNOWN,
        /** The lease has expired, and this node may evict it. */
        EXPIRED
    }

    /** The users under the lease. No method blocks. */
    interface Users {
        /**
         * Enters all users under the new lease, then evicts them from the old lease. Completes when the broker has done
         * both.
         */
        CompletionStage<Void> moveTo(String oldLease, String newLease);

        /** Compares some rooms with the broker. Called between two renewals. */
        void compareSomeRooms();
    }

    private final PresenceBook book;
    private final Users users;
    private final LongSupplier nanoClock;
    private volatile String id = newId();
    /** Whether the next renewal must take a new lease. */
    private volatile boolean replacementDue;
    /** Whether this node may evict leases of other nodes. */
    private volatile boolean mayEvict;
    /** Whether the users are being moved to a new lease. */
    private volatile boolean moving;
    /** The leases that the last renewal reported. */
    private volatile Set<String> reported = Set.of();
    /** Leases that were seen in rooms, and how many renewals since then have not reported them. */
    private final Map<String, Integer> unreported = new HashMap<>();

    /** Whether the lease is not in the broker yet. */
    private boolean isNew = true;
    /** Time in nanoseconds since which the lease was held without interruption. */
    private long heldSince;
    /** Time in nanoseconds when the last renewal started. */
    private long lastRenewalAt;

    private boolean renewing;
    private boolean stopped;
    private ScheduledFuture<?> renewalTask;

    /** @param nanoClock as {@link System#nanoTime} */
    Lease(PresenceBook book, Users users, LongSupplier nanoClock) {
        this.book = book;
        this.users = users;
        this.nanoClock = nanoClock;
        this.heldSince = nanoClock.getAsLong();
        this.lastRenewalAt = heldSince;
    }

    String id() {
        return id;
    }

    /**
     * The state of a lease that was seen in a room. {@link State#EXPIRED} is possible two renewals after the first call
     * for this lease. Any thread.
     */
    State stateOf(String lease) {
        if (reported.contains(lease) || lease.equals(id)) {
            return State.ALIVE;
        }
        synchronized (unreported) {
            int renewals = unreported.computeIfAbsent(lease, l -> 0);
            return mayEvict && renewals >= MISSED_RENEWALS ? State.EXPIRED : State.UNKNOWN;
        }
    }

    private void countUnreported(Set<String> leases) {
        synchronized (unreported) {
            unreported.keySet().removeAll(leases);
            unreported.replaceAll((lease, renewals) -> renewals + 1);
            unreported.values().removeIf(renewals -> renewals > REMEMBERED_RENEWALS);
        }
    }

    /** Time between two renewals. */
    long renewalMillis() {
        return Math.max(book.leaseMillis() / RENEWALS_PER_LEASE, 1);
    }

    /** Stops the renewals, and removes the lease from the broker. Its users must have been removed before. */
    void end() {
        stop();
        book.end(id);
    }

    synchronized void start(ScheduledExecutorService timer) {
        renewalTask = timer.scheduleWithFixedDelay(this::renewLease, 0, renewalMillis(), TimeUnit.MILLISECONDS);
    }

    synchronized void stop() {
        stopped = true;
        if (renewalTask != null) {
            renewalTask.cancel(false);
        }
    }

    /** Makes the next renewal take a new lease, since the broker may have lost users of this node. Any thread. */
    void requestReplacement() {
        replacementDue = true;
    }

    private void renewLease() {
        synchronized (this) {
            if (renewing || stopped) {
                return;
            }
            renewing = true;
        }
        long now = nanoClock.getAsLong();
        if (now - lastRenewalAt > leaseNanos() / 2) {
            restartHolding(); // This node was suspended, or the broker did not answer.
        }
        lastRenewalAt = now;
        mayEvict = !replacementDue && now - heldSince > leaseNanos();
        book.renewLease(id, isNew, mayEvict)
                .thenCompose(this::renewed)
                .whenComplete((done, failure) -> renewalEnded(failure));
    }

    private long leaseNanos() {
        return TimeUnit.MILLISECONDS.toNanos(book.leaseMillis());
    }

    private void restartHolding() {
        heldSince = nanoClock.getAsLong();
        mayEvict = false;
    }

    private CompletionStage<Void> renewed(Renewal renewal) {
        isNew = false;
        reported = Set.copyOf(renewal.leases());
        countUnreported(reported);
        if (renewal.state() != RenewalState.HELD || replacementDue) {
            restartHolding();
        }
        if (moving) {
            replacementDue |= renewal.state() == RenewalState.LOST;
        } else if (renewal.state() == RenewalState.LOST || replacementDue) {
            return replace();
        } else {
            users.compareSomeRooms();
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> replace() {
        String oldLease = id;
        String newLease = newId();
        replacementDue = false; // Before anything that may set it again.
        LOG.log(Level.DEBUG, "presence moves from lease {0} to {1}", oldLease, newLease);
        return book.renewLease(newLease, true, false).thenAccept(held -> {
            id = newLease;
            moving = true; // Renewals continue meanwhile.
            users.moveTo(oldLease, newLease).whenComplete((done, failure) -> moved(oldLease, failure));
        });
    }

    private void moved(String oldLease, Throwable failure) {
        if (failure == null) {
            book.end(oldLease);
        } else {
            LOG.log(Level.DEBUG, "not all users moved to the new lease", failure);
            replacementDue = true;
        }
        moving = false;
    }

    private void renewalEnded(Throwable failure) {
        if (failure != null) {
            LOG.log(Level.DEBUG, "a renewal of the lease failed", failure);
            replacementDue = true;
            restartHolding();
        }
        synchronized (this) {
            renewing = false;
        }
    }

    private static String newId() {
        return UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    }
}
