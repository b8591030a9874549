package io.roomcast.lease;

import io.roomcast.cursor.PresenceEvents;
import io.roomcast.cursor.RoomChannels;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.PresenceFold;
import io.roomcast.relay.PresenceListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The presence of the rooms that this node watches, as a {@link PresenceFold} for each room. Passes the presence
 * changes of the rooms' channels to the folds, and reads rosters for them. Any thread may call.
 */
final class PresenceViews implements PresenceEvents, PresenceFold.Rosters {
    private static final Logger LOG = System.getLogger(PresenceViews.class.getName());
    private static final long RETRY_MILLIS = 500;

    private final ConcurrentHashMap<String, PresenceFold> folds = new ConcurrentHashMap<>();
    private final PresenceBook book;
    private final RoomChannels subscriptions;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Runnable onReconnect;
    private final BiConsumer<RoomName, List<String>> onLeases;
    /** Time in nanoseconds when a connection was last made again, perhaps to a server that has lost data. */
    private volatile long reconnectedAt;
    /** Whether {@code reconnectedAt} is set. */
    private volatile boolean hasReconnected;

    /**
     * @param onReconnect called when the broker may have lost users of this node
     * @param onLeases called with the leases that were seen in a room
     */
    PresenceViews(
            PresenceBook book,
            RoomChannels subscriptions,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            Runnable onReconnect,
            BiConsumer<RoomName, List<String>> onLeases) {
        this.book = book;
        this.subscriptions = subscriptions;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.onReconnect = onReconnect;
        this.onLeases = onLeases;
    }

    void start() {
        subscriptions.setPresence(this);
    }

    CompletionStage<Void> watch(RoomName room, int maxNames, PresenceListener listener) {
        PresenceFold fold = new PresenceFold(room, maxNames, listener, this);
        folds.put(room.value(), fold);
        subscriptions.watchChanged(room);
        return fold.firstRoster();
    }

    void unwatch(RoomName room) {
        PresenceFold fold = folds.remove(room.value());
        if (fold != null) {
            fold.close();
        }
        subscriptions.watchChanged(room);
    }

    int size() {
        return folds.size();
    }

    Stream<RoomName> rooms() {
        return folds.values().stream().map(PresenceFold::room);
    }

    /** @return whether the room should be compared again soon */
    boolean compareRevision(RoomName room, long revision) {
        PresenceFold fold = folds.get(room.value());
        return fold != null && fold.compareRevision(revision);
    }

    @Override
    public boolean isWatched(String room) {
        return folds.containsKey(room);
    }

    @Override
    public Collection<RoomName> watched() {
        return rooms().toList();
    }

    @Override
    public void subscribed(String room, boolean mayHaveMissed) {
        PresenceFold fold = folds.get(room);
        if (fold == null) {
            return;
        }
        if (mayHaveMissed) {
            fold.changesMissed();
        } else {
            fold.channelSubscribed();
        }
    }

    @Override
    public void received(String room, PresenceChange change) {
        PresenceFold fold = folds.get(room);
        if (fold != null) {
            fold.arrive(change);
        }
    }

    @Override
    public void reconnected() {
        reconnectedAt = nanoClock.getAsLong();
        hasReconnected = true;
        onReconnect.run();
    }

    /** How long other nodes may still need to enter their users again after a reconnect; 0 when that time is over. */
    private long uncertainMillis() {
        long since = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - reconnectedAt);
        return hasReconnected ? Math.max(reentryMillis() - since, 0) : 0;
    }

    /** How long nodes may need to enter their users again after a reconnect. Each enters them under a new lease. */
    private long reentryMillis() {
        return book.leaseMillis() / 2;
    }

    @Override
    public void read(PresenceFold fold, int readNumber, int maxNames) {
        book.roster(fold.room(), maxNames, false).whenComplete((present, failure) -> {
            if (failure == null) {
                fold.rosterRead(readNumber, present.roster(), uncertainMillis() == 0);
                onLeases.accept(fold.room(), present.leases());
            } else {
                schedule(() -> fold.readFailed(readNumber, failure), 0); // Not inside the fold's monitor.
            }
        });
    }

    @Override
    public void retryLater(PresenceFold fold, int readNumber) {
        schedule(() -> fold.retry(readNumber), RETRY_MILLIS);
    }

    @Override
    public void dropUnconfirmedLater(PresenceFold fold) {
        long uncertainMillis = uncertainMillis();
        // Waits until the next roster is certain, so that the grace time is not counted twice.
        schedule(fold::dropUnconfirmed, uncertainMillis > 0 ? uncertainMillis + 1 : reentryMillis());
    }

    private void schedule(Runnable action, long millis) {
        try {
            var unused = timer.schedule(action, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the node is stopping");
        }
    }
}
