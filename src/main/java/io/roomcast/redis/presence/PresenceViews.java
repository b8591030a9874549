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
import java.util.stream.Stream;

/** The rooms that this node watches, each with a {@link PresenceFold}: hands them what comes by the rooms' channels, and reads rosters for them. Any thread. */
final class Folds implements PresenceEvents, PresenceFold.Rosters {
    private static final Logger LOG = System.getLogger(Folds.class.getName());
    private static final long RETRY_MILLIS = 500;

    private final ConcurrentHashMap<String, PresenceFold> folds = new ConcurrentHashMap<>();
    private final PresenceCommands commands;
    private final RoomChannels subscriptions;
    private final ScheduledExecutorService timer;
    private final Runnable doubt;
    private final BiConsumer<RoomName, List<String>> judge;
    /** When a connection was made to a server that may know less than the one before. */
    private volatile long renewedAt;

    private volatile boolean renewed;

    /**
     * @param doubt called when what Redis knows of this node's users may be wrong
     * @param judge is given the leases that were seen in a room
     */
    Folds(
            PresenceCommands commands,
            RoomChannels subscriptions,
            ScheduledExecutorService timer,
            Runnable doubt,
            BiConsumer<RoomName, List<String>> judge) {
        this.commands = commands;
        this.subscriptions = subscriptions;
        this.timer = timer;
        this.doubt = doubt;
        this.judge = judge;
    }

    void start() {
        subscriptions.start(this);
    }

    CompletionStage<Void> watch(RoomName room, int names, PresenceListener listener) {
        PresenceFold fold = new PresenceFold(room, names, listener, this);
        folds.put(room.value(), fold);
        subscriptions.look(room);
        return fold.known();
    }

    void unwatch(RoomName room) {
        PresenceFold fold = folds.remove(room.value());
        if (fold != null) {
            fold.close();
        }
        subscriptions.look(room);
    }

    int size() {
        return folds.size();
    }

    Stream<RoomName> rooms() {
        return folds.values().stream().map(PresenceFold::room);
    }

    /** @return whether the room is to be looked at again soon */
    boolean compared(RoomName room, long revision) {
        PresenceFold fold = folds.get(room.value());
        return fold != null && fold.compared(revision);
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
    public void subscribed(String room, boolean anew) {
        PresenceFold fold = folds.get(room);
        if (fold == null) {
            return;
        }
        if (anew) {
            fold.missed();
        } else {
            fold.subscribed();
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
    public void renewed() {
        renewedAt = System.nanoTime();
        renewed = true;
        doubt.run();
    }

    /** For how long nodes may still be entering their users again into a store that knows less than the one before; 0 when they have had the time. */
    private long uncertainMillis() {
        long since = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - renewedAt);
        return renewed ? Math.max(patienceMillis() - since, 0) : 0;
    }

    private long patienceMillis() {
        return commands.leaseMillis() / 2;
    }

    @Override
    public void read(PresenceFold fold, int turn, int names) {
        commands.roster(fold.room(), names, false).whenComplete((present, failure) -> {
            if (failure == null) {
                fold.roster(turn, present.roster(), uncertainMillis() == 0);
                judge.accept(fold.room(), present.leases());
            } else {
                later(() -> fold.failed(turn, failure), 0); // Not inside the fold's monitor.
            }
        });
    }

    @Override
    public void again(PresenceFold fold, int turn) {
        later(() -> fold.retry(turn), RETRY_MILLIS);
    }

    @Override
    public void await(PresenceFold fold) {
        long left = uncertainMillis();
        // Just so long that the roster which is read then is certain: else they would be given the time a second time.
        later(fold::settle, left > 0 ? left + 1 : patienceMillis());
    }

    private void later(Runnable action, long millis) {
        try {
            var unused = timer.schedule(action, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the node is stopping");
        }
    }
}
