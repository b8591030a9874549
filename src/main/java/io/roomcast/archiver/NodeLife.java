package io.roomcast.archiver;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Lives.Data;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The life of this node: it publishes only in data of the broker in which the database knows it, so that others can find
 * out whether the archive has all that was published. Rooms that the broker has lost can then go on in the same
 * numbering.
 *
 * <pre>
 *   OUTSIDE ──entered in the database──▶ ENTERED ──admitted by the broker──▶ ADMITTED
 *      ▲                                    │                                   │
 *      └──── other data of the broker, refused by it, or taken for dead ────────┘
 * </pre>
 *
 * <p>While it is not admitted, it publishes nothing. It stays admitted while the database is away.
 *
 * <p><b>Concurrency.</b> Any thread may call what {@link Admission} has. One thread enters, renews and asks. {@code pass}
 * and {@code admittedIn} are replaced as a whole, and read by others; {@link UnarchivedRooms} guards the rest.
 */
final class NodeLife implements Admission, AutoCloseable {
    private static final Logger LOG = System.getLogger(NodeLife.class.getName());

    private static final long STEP_MILLIS = 250;
    private static final long RETRY_MILLIS = 1_000;
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long FAILED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long {@link #close} waits until all that this node has published is archived. */
    private static final long CLOSE_SECONDS = 5;

    private final LiveBroker broker;
    private final Archive archive;
    private final Clocks clocks;
    private final Warnings warnings;
    private final UnarchivedRooms rooms = new UnarchivedRooms();
    private final RoomChecks checks;
    private final DeadLives deadLives;
    private final Restorer restorer;
    private final Semaphore wakeUps = new Semaphore(0);
    private volatile boolean fenced;
    private volatile boolean refusing;
    private volatile boolean closing;
    private volatile Pass pass;
    private volatile Data admittedIn;
    private Thread thread;
    /** What is below belongs to the thread. */
    private Data entered;

    /** Whether the database may not know this node, or not in these data. */
    private boolean enterDue = true;

    private int incarnation = 1;
    /** The life that others took for dead, while the database may still have it; or null. */
    private String formerLife;

    private long renewedAt;
    private long checkedAt;
    /** When the first failure was since the node was admitted last; 0 if there was none. */
    private long failingSince;

    /** @param limits what the broker shows of rooms; a room of which it shows nothing is not archived */
    NodeLife(
            LiveBroker broker,
            LogSource source,
            Archive archive,
            HistoryLimits.Rule limits,
            ScheduledExecutorService timer,
            Clocks clocks,
            NodeMetrics metrics,
            Warnings warnings) {
        this.broker = broker;
        this.archive = archive;
        this.clocks = clocks;
        this.warnings = warnings;
        this.pass = new Pass(broker.life(), rooms.number());
        this.checks = new RoomChecks(rooms, broker, source, archive, limits);
        this.deadLives = new DeadLives(broker, source, archive, limits);
        this.restorer = new Restorer(broker, archive, () -> admittedIn, timer, clocks, metrics);
    }

    void start(ThreadFactory threads) {
        restorer.start(threads);
        thread = threads.newThread(this::run);
        thread.setName("roomcast-life");
        thread.start();
    }

    /** Whether this node may publish. */
    boolean isAdmitted() {
        return admittedIn != null;
    }

    /** Whether nothing would be lost for ever with the broker's data. */
    boolean hasSeenAllArchived() {
        return isAdmitted() && rooms.isEmpty();
    }

    @Override
    public Pass pass() {
        return pass;
    }

    @Override
    public boolean sending(RoomName room) {
        return rooms.sending(room);
    }

    @Override
    public void stored(RoomName room, Position last) {
        rooms.stored(room, last);
    }

    @Override
    public void failed(RoomName room, boolean isNothingDone) {
        rooms.failed(room, isNothingDone);
    }

    @Override
    public void fenced() {
        if (!fenced) {
            fenced = true;
            broker.look();
            wakeUps.release();
        }
    }

    @Override
    public CompletionStage<Void> absent(RoomName room) {
        return restorer.begin(room);
    }

    private void run() {
        try {
            while (!closing) {
                long pause = step();
                if (wakeUps.tryAcquire(pause, TimeUnit.MILLISECONDS)) {
                    wakeUps.drainPermits();
                }
            }
            finish();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return how long to rest, in milliseconds */
    private long step() {
        try {
            if (work()) {
                failingSince = 0;
            }
        } catch (ArchiveException e) {
            failed(e);
            return RETRY_MILLIS;
        } catch (RelayUnavailableException e) {
            failed(e);
        } catch (RuntimeException | Error e) {
            // Also of an error: without this thread, nothing would be published any more.
            LOG.log(Level.ERROR, "The life of the node cannot be renewed", e);
            return RETRY_MILLIS;
        }
        return STEP_MILLIS;
    }

    private void failed(RuntimeException failure) {
        long now = clocks.nanos().getAsLong();
        failingSince = failingSince == 0 ? now : failingSince;
        if (admittedIn == null && now - failingSince > FAILED_NANOS) {
            warnings.warn(
                    "archive life",
                    () -> "The node publishes nothing until the relay and the archive at " + archive.place()
                            + " know it (roomcast.archive.restore): " + failure.getMessage());
        }
    }

    /** @return whether the node is admitted */
    private boolean work() {
        Data data = broker.data().orElse(null);
        if (data == null) {
            return false;
        }
        if (enterDue || !data.equals(entered)) {
            enterDue = true;
            goOut();
            enter(data);
            enterDue = false;
        }
        if (formerLife != null) {
            archive.lives().leave(formerLife);
            formerLife = null;
        }
        if (fenced) {
            fenced = false;
            goOut();
        }
        if (admittedIn == null) {
            admit();
        }
        if (admittedIn != null) {
            renew();
            check();
        }
        return admittedIn != null;
    }

    private void goOut() {
        rooms.close();
        admittedIn = null;
    }

    private void enter(Data data) {
        boolean isLost = entered == null || !entered.birth().equals(data.birth());
        archive.lives().enter(pass.life(), data, rooms.unarchived());
        // The thread alone changes this, and enters again if the call has failed: it may have entered all the same.
        rooms.stated(isLost && entered != null);
        entered = data;
        renewedAt = clocks.nanos().getAsLong();
    }

    private void admit() {
        switch (RoomCopier.await(broker.admit(pass.life(), pass.number(), entered))) {
            case ADMITTED -> {
                if (!refusing) {
                    rooms.open();
                }
                admittedIn = entered;
            }
            case OTHER_DATA -> {
                broker.look();
                throw new RelayUnavailableException("the relay has other data");
            }
            case EXPELLED -> {
                // Others took this life for dead. What it has not seen archived, the next one states.
                formerLife = pass.life();
                pass = new Pass(broker.life() + "#" + ++incarnation, rooms.nextNumber());
                enterDue = true;
                wakeUps.release();
            }
        }
    }

    private void renew() {
        long now = clocks.nanos().getAsLong();
        if (now - renewedAt < RENEW_NANOS) {
            return;
        }
        try {
            if (!archive.lives().renew(pass.life(), entered)) {
                enterDue = true;
                wakeUps.release();
            } else {
                deadLives.step(entered, pass.life());
            }
        } finally {
            renewedAt = now;
        }
    }

    private void check() {
        long now = clocks.nanos().getAsLong();
        if (now - checkedAt >= CHECK_NANOS) {
            checkedAt = now;
            checks.findArchived(pass.life());
            findPositions();
        }
    }

    private void findPositions() {
        List<RoomName> unknown = rooms.unknown(RoomChecks.POSITIONS);
        if (!unknown.isEmpty()) {
            // First, so that nothing is refused that is sent from now on.
            pass = new Pass(pass.life(), rooms.nextNumber());
            checks.findPositions(unknown, pass, entered);
        }
    }

    /** Takes the life out, if the archive has all: for others, it has then never been there. */
    private void finish() throws InterruptedException {
        rooms.close();
        long deadline = clocks.nanos().getAsLong() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        try {
            while (entered != null) {
                checks.findArchived(pass.life());
                if (rooms.isEmpty()) {
                    archive.lives().leave(pass.life());
                    RoomCopier.await(broker.end(pass.life(), entered));
                    return;
                }
                findPositions();
                if (clocks.nanos().getAsLong() - deadline > 0) {
                    break;
                }
                wakeUps.tryAcquire(STEP_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (ArchiveException | RelayUnavailableException e) {
            LOG.log(Level.DEBUG, "the life of the node stays", e);
        }
        LOG.log(
                Level.WARNING,
                "The node ends before it has seen all its messages in the archive; another node, or its next start, looks for them");
    }

    /** Publishes nothing more. To be called before {@link #close}. */
    void refuse() {
        refusing = true;
        rooms.close();
    }

    /** Waits for some seconds at most until the archive has all. */
    @Override
    public void close() {
        refuse();
        closing = true;
        wakeUps.release();
        restorer.close();
        if (thread != null) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(2 * CLOSE_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
