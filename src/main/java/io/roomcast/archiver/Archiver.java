package io.roomcast.archiver;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.Copies;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Copies the messages of rooms from a broker to the archive, for the shards of which this node holds the lease. It is
 * told which rooms have news. It also looks through all rooms of a shard when it takes the shard over, since the node
 * before may have died with news that it had taken; and now and then, since any node may die with news that it has not
 * told.
 *
 * <p>Publishing does not wait for it. While the database is away, the rooms stay where they are: in the broker.
 *
 * <p><b>Concurrency.</b> One thread does all. {@code held} is replaced as a whole, and read by others.
 */
final class Archiver implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Archiver.class.getName());

    /** How long another node waits before it copies what this one held. */
    static final Duration LEASE = Duration.ofSeconds(10);

    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long SWEEP_NANOS = TimeUnit.MINUTES.toNanos(10);
    /** When the next sweep begins after something could not be read. */
    private static final long RESWEEP_NANOS = TimeUnit.MINUTES.toNanos(2);
    /** Rooms that are copied in one go; then news are taken again. */
    private static final int ROOMS = 200;
    /** No news are taken while so many rooms wait. */
    private static final int MOST_WAITING = 2_000;

    private static final long IDLE_MILLIS = 250;
    private static final long SWEEP_STEP_MILLIS = 10;
    private static final long RETRY_MILLIS = 2_000;
    /** How long {@link #close} waits for what is left to copy. */
    private static final long CLOSE_SECONDS = 8;

    private final LogSource source;
    private final Archive archive;
    private final HistoryLimits.Rule limits;
    private final LiveBroker lives;
    private final boolean isRestored;
    private final Clocks clocks;
    private final NodeMetrics metrics;
    private final Warnings warnings;
    private final String node;
    private final Progress progress;
    private final Backlog backlog;
    private final CountDownLatch closing = new CountDownLatch(1);
    private Thread thread;

    private volatile Set<Integer> held = Set.of();

    /** What is below belongs to the thread. */
    private Copies copies;

    private Heads heads;
    private RoomCopier copier;
    private Copies.Lease lease;
    private Runnable whenHeld;
    private long leasedAt;
    private boolean leaseDue = true;
    private boolean sweeping;
    /** Where the sweep goes on; null at its beginning. */
    private String sweepFrom;

    private long sweptAt;
    private boolean failing;

    /**
     * @param node name of this node
     * @param limits what the broker shows of rooms; a room of which it shows nothing is not copied
     * @param lives the lives of nodes in the broker's data; null if it knows none
     * @param isRestored whether rooms go on after the broker has lost them: see {@link NodeLife}
     */
    Archiver(
            LogSource source,
            Archive archive,
            String node,
            HistoryLimits.Rule limits,
            LiveBroker lives,
            boolean isRestored,
            Clocks clocks,
            NodeMetrics metrics,
            Warnings warnings) {
        this.source = source;
        this.archive = archive;
        this.limits = limits;
        this.lives = lives;
        this.isRestored = isRestored;
        this.clocks = clocks;
        this.metrics = metrics;
        this.warnings = warnings;
        this.node = node + ":" + UUID.randomUUID();
        this.progress = new Progress(clocks, metrics);
        this.backlog = new Backlog(source, metrics);
    }

    /**
     * Begins to copy. Called once.
     *
     * @param whenHeld called when this node holds a lease for the first time
     */
    void start(ThreadFactory threads, Runnable whenHeld) {
        this.whenHeld = whenHeld;
        thread = threads.newThread(this::run);
        thread.setName("roomcast-archiver");
        thread.start();
    }

    /** Whether this node copies the room. Any thread. */
    boolean holds(RoomName room) {
        return held.contains(Copies.shardOf(room));
    }

    private void run() {
        try {
            long pause;
            do {
                pause = step();
            } while (!closing.await(pause, TimeUnit.MILLISECONDS));
            finish();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return how long to rest, in milliseconds */
    private long step() {
        try {
            long pause = work();
            if (failing) {
                failing = false;
                LOG.log(Level.INFO, "The archive is written again");
            }
            return pause;
        } catch (RoomCopier.LeaseLostException e) {
            leaseDue = true;
            forget();
            return IDLE_MILLIS;
        } catch (RuntimeException | Error e) {
            // Also of an error: without this thread, nothing more would be copied.
            failed(e);
            if (e instanceof ArchiveException) {
                backlog.estimate(held, progress.next(ROOMS), room -> heads == null ? null : heads.atLeast(room));
            }
            return RETRY_MILLIS;
        }
    }

    private void forget() {
        if (heads != null) {
            // What the database has is not known: it may have stored what it did not confirm.
            heads.forget();
        }
    }

    private void failed(Throwable failure) {
        forget();
        leaseDue = true;
        if (!(failure instanceof RelayUnavailableException)) {
            metrics.increment(Counter.ARCHIVE_FAILED);
        }
        if (!failing) {
            failing = true;
            LOG.log(
                    failure instanceof RelayUnavailableException ? Level.WARNING : Level.ERROR,
                    "Messages cannot be copied to the archive at " + archive.place()
                            + "; they stay in the relay, as long as it keeps them",
                    failure);
        }
    }

    private long work() {
        renew();
        boolean tookAll = takeNews();
        boolean swept = sweep();
        if (!progress.isEmpty()) {
            copySome();
        }
        progress.publish();
        return !progress.isEmpty() || !tookAll ? 0 : swept ? SWEEP_STEP_MILLIS : IDLE_MILLIS;
    }

    private void renew() {
        long now = clocks.nanos().getAsLong();
        if (!leaseDue && now - leasedAt < RENEW_NANOS) {
            return;
        }
        if (copies == null) {
            copies = archive.copies();
            heads = new Heads(copies);
            copier = new RoomCopier(
                    source, archive, copies, heads, limits, isRestored, node, LEASE, clocks.nanos(), metrics, warnings);
        }
        Set<Integer> before = held;
        lease = copies.lease(node, LEASE);
        if (lives != null && !isRestored) {
            lives.data().ifPresent(archive.lives()::strangers);
        }
        leasedAt = now;
        leaseDue = false;
        held = Set.copyOf(lease.shards());
        if (!held.isEmpty()) {
            whenHeld.run();
            whenHeld = () -> {};
        }
        if (!before.equals(held)) {
            heads.forget();
            progress.retain(held);
            if (!before.containsAll(held)) {
                beginSweep();
            }
        } else if (now - sweptAt > SWEEP_NANOS && !sweeping) {
            beginSweep();
        }
    }

    private void beginSweep() {
        sweeping = !held.isEmpty();
        sweepFrom = null;
        sweptAt = clocks.nanos().getAsLong();
    }

    /** @return whether there are no more */
    private boolean takeNews() {
        long began = clocks.wall().millis();
        for (int shard : held) {
            if (progress.size() >= MOST_WAITING) {
                return false;
            }
            List<RoomName> rooms;
            do {
                rooms = RoomCopier.await(source.take(shard, ROOMS));
                add(rooms);
            } while (rooms.size() == ROOMS && progress.size() < MOST_WAITING);
        }
        progress.tookAll(began);
        return true;
    }

    private void add(List<RoomName> rooms) {
        progress.add(rooms.stream()
                .filter(room -> holds(room) && limits.of(room).messages() > 0)
                .toList());
    }

    /** @return whether a sweep goes on */
    private boolean sweep() {
        if (sweeping && progress.size() < ROOMS) {
            try {
                LogSource.Found found = RoomCopier.await(source.find(sweepFrom));
                add(found.rooms());
                sweepFrom = found.next();
                sweeping = sweepFrom != null;
            } catch (RelayUnavailableException e) {
                // One of several servers may be away. The others go on.
                sweeping = false;
                skipped("Some rooms");
            }
        }
        return sweeping;
    }

    /** One room, or one server of many, must not hold up the others: a sweep finds it again. */
    private void skipped(String rooms) {
        warnings.warn("archive skip", () -> rooms + " cannot be read in the relay now, and are archived later");
        sweptAt = clocks.nanos().getAsLong() - SWEEP_NANOS + RESWEEP_NANOS;
    }

    private void copySome() {
        List<RoomName> rooms = progress.next(ROOMS);
        RoomCopier.Result copied = copier.copy(rooms, lease.since());
        if (!copied.unread().isEmpty()) {
            skipped(copied.unread().size() + " rooms, such as "
                    + copied.unread().get(0) + ",");
        }
        for (RoomName room : rooms) {
            RoomCopier.Rest rest = copied.rests().get(room);
            if (rest == null) {
                progress.done(room);
            } else {
                progress.again(room, rest.since(), rest.messages());
            }
        }
    }

    /** Copies what is left, also of nodes that end at the same time. */
    private void finish() throws InterruptedException {
        long deadline = clocks.nanos().getAsLong() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        try {
            long pause;
            do {
                leaseDue = true;
                pause = work();
            } while (pause == 0 && clocks.nanos().getAsLong() - deadline < 0);
            copies.release(node);
        } catch (RoomCopier.LeaseLostException | ArchiveException | RelayUnavailableException e) {
            LOG.log(
                    Level.WARNING,
                    "The node ends before all messages are copied to the archive; other nodes, or its next start, go on",
                    e);
        }
    }

    /** Copies what is left, for some seconds at most, and ends the thread. */
    @Override
    public void close() {
        closing.countDown();
        if (thread != null) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS + 2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
