package io.roomcast.room;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The rooms of this node. A room is subscribed when its first member joins. It is unsubscribed some time after the last
 * member has left, so that a reconnect does not cost the relay two round trips.
 *
 * <p><b>Concurrency.</b> The count of a room's references changes inside the map's atomic update for its name.
 * Subscribe and unsubscribe are called inside this update, too. So the relay sees them in the order in which they were
 * decided. A room is put in the map before it is subscribed, because the first delivery may come before subscribe has
 * returned, and must find the room. No call blocks.
 */
public final class RoomRegistry {
    private final ConcurrentHashMap<RoomName, Room> rooms = new ConcurrentHashMap<>();
    private final RoomSource source;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Function<RoomName, MessageLog.Limits> recent;
    private final Duration idleTimeout;
    private final LagBudget lag;
    private final ReplayPacer pacer;
    private final NodeMetrics metrics;
    private final AtomicInteger members = new AtomicInteger();

    /**
     * @param executor runs the lanes
     * @param nanoClock as {@link System#nanoTime}
     * @param recent what each room keeps for recoveries
     * @param idleTimeout how long an empty room stays subscribed
     * @param lag bounds the bytes that wait for the lanes
     * @param pacer paces the replay to returning members
     */
    public RoomRegistry(
            RoomSource source,
            Executor executor,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            Function<RoomName, MessageLog.Limits> recent,
            Duration idleTimeout,
            LagBudget lag,
            ReplayPacer pacer,
            NodeMetrics metrics) {
        this.source = source;
        this.executor = executor;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.recent = recent;
        this.idleTimeout = idleTimeout;
        this.lag = lag;
        this.pacer = pacer;
        this.metrics = metrics;
    }

    /**
     * Opens the room for a member that is about to join. Each call needs one {@link #leave}, whether or not the join
     * succeeds, or one {@link #release} if no join follows.
     */
    public Room open(RoomName name) {
        Room opened = rooms.compute(name, (key, present) -> {
            Room room = present == null
                    ? new Room(key, source, executor, nanoClock, recent.apply(key), lag, pacer, metrics)
                    : present;
            room.references++;
            return room;
        });
        AtomicReference<CompletionStage<Position>> subscription = new AtomicReference<>();
        rooms.computeIfPresent(name, (key, present) -> {
            if (present == opened && !opened.isSubscribed) {
                opened.isSubscribed = true;
                subscription.set(source.subscribe(name));
            }
            return present;
        });
        if (subscription.get() != null) {
            onSubscribed(opened, subscription.get());
        }
        return opened;
    }

    /** Adds the member to a room that was opened. The member's listener receives the outcome. */
    public void join(Room room, Member member, Position since) {
        members.incrementAndGet();
        room.post(new RoomEvent.Join(member, since));
    }

    /** Ends an {@link #open} and a {@link #join}. */
    public void leave(Room room, Member member) {
        leave(room, member, () -> {});
    }

    /**
     * Ends an {@link #open} and a {@link #join}.
     *
     * @param left runs on the room's lane, when no further frame of the room is sent to the member; must not block
     */
    public void leave(Room room, Member member, Runnable left) {
        members.decrementAndGet();
        room.post(new RoomEvent.Leave(member, left));
        release(room);
    }

    /** Ends an {@link #open} without a join. */
    public void release(Room room) {
        rooms.computeIfPresent(room.name(), (name, present) -> {
            if (present == room && --room.references == 0) {
                closeWhenIdle(room);
            }
            return present;
        });
    }

    private void closeWhenIdle(Room room) {
        int generation = ++room.idleGeneration;
        try {
            var unused = timer.schedule(
                    () -> closeIfStillIdle(room, generation), idleTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The node is stopping, and its rooms end with it.
        }
    }

    /** The room, if it is open on this node, else null. */
    public Room find(RoomName name) {
        return rooms.get(name);
    }

    /** Number of open rooms. */
    public int size() {
        return rooms.size();
    }

    /** Number of members of all rooms together. */
    public int members() {
        return members.get();
    }

    public Collection<Room> all() {
        return rooms.values();
    }

    private void onSubscribed(Room room, CompletionStage<Position> subscription) {
        subscription.whenComplete((position, failure) -> {
            if (failure == null) {
                room.post(new RoomEvent.Subscribed(position));
                room.ready.complete(null);
            } else {
                room.post(new RoomEvent.SubscribeFailed());
                rooms.remove(room.name(), room);
                room.ready.completeExceptionally(failure);
            }
        });
    }

    private void closeIfStillIdle(Room room, int generation) {
        rooms.computeIfPresent(room.name(), (name, present) -> {
            if (present == room && room.references == 0 && room.idleGeneration == generation) {
                source.unsubscribe(name);
                return null;
            }
            return present;
        });
    }
}
