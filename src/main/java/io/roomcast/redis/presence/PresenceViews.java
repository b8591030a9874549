package io.roomcast.redis.presence;

import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.Envelope;
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
 * The presence of the rooms that this node watches: a {@link PresenceFold} for each. Passes the presence changes of the
 * rooms' channels to them, and reads rosters for them. Any thread.
 */
final class PresenceViews implements PresenceEvents, PresenceFold.Rosters {
    private static final Logger LOG = System.getLogger(PresenceViews.class.getName());
    private static final long RETRY_MILLIS = 500;

    private final ConcurrentHashMap<String, PresenceFold> folds = new ConcurrentHashMap<>();
    private final PresenceCommands commands;
    private final RoomChannels subscriptions;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Runnable onReconnect;
    private final BiConsumer<RoomName, List<String>> onLeases;
    /** When a connection was made again, perhaps to a server that has lost data. */
    private volatile long reconnectedAt;

    private volatile boolean reconnected;

    /**
     * @param onReconnect called when Redis may have lost users of this node
     * @param onLeases called with the leases that were seen in a room
     */
    PresenceViews(
            PresenceCommands commands,
            RoomChannels subscriptions,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            Runnable onReconnect,
            BiConsumer<RoomName, List<String>> onLeases) {
        this.commands = commands;
        this.subscriptions = subscriptions;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.onReconnect = onReconnect;
        this.onLeases = onLeases;
    }

    void start() {
        subscriptions.start(this);
    }

    CompletionStage<Void> watch(RoomName room, int names, PresenceListener listener) {
        PresenceFold fold = new PresenceFold(room, names, listener, this);
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
    boolean compared(RoomName room, long revision) {
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
    public void received(String room, Envelope.Presence presence) {
        PresenceFold fold = folds.get(room);
        if (fold != null) {
            fold.arrive(presence.change());
        }
    }

    @Override
    public void reconnected() {
        reconnectedAt = nanoClock.getAsLong();
        reconnected = true;
        onReconnect.run();
    }

    /** How long other nodes may still need to enter their users again after a reconnect; 0 when that time is over. */
    private long uncertainMillis() {
        long since = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - reconnectedAt);
        return reconnected ? Math.max(reentryMillis() - since, 0) : 0;
    }

    private long reentryMillis() {
        return commands.leaseMillis() / 2;
    }

    @Override
    public void read(PresenceFold fold, int readNumber, int names) {
        commands.roster(fold.room(), names, false).whenComplete((present, failure) -> {
            if (failure == null) {
                fold.rosterRead(readNumber, present.roster(), uncertainMillis() == 0);
                onLeases.accept(fold.room(), present.leases());
            } else {
                later(() -> fold.readFailed(readNumber, failure), 0); // Not inside the fold's monitor.
            }
        });
    }

    @Override
    public void retryLater(PresenceFold fold, int readNumber) {
        later(() -> fold.retry(readNumber), RETRY_MILLIS);
    }

    @Override
    public void dropUnconfirmedLater(PresenceFold fold) {
        long left = uncertainMillis();
        // Until the next roster is certain, so that the nodes do not get the same time twice.
        later(fold::dropUnconfirmed, left > 0 ? left + 1 : reentryMillis());
    }

    private void later(Runnable action, long millis) {
        try {
            var unused = timer.schedule(action, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the node is stopping");
        }
    }
}
