package io.roomcast.room;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The rooms of this node. A room is subscribed when its first member comes, and given up a while after the last one left, so that a
 * reconnect does not cost the relay two round trips.
 *
 * <p><b>Concurrency.</b> A room's count of references, and the calls of subscribe and unsubscribe that follow from it, happen inside
 * the map's atomic update for its name; so the relay sees them in their true order. A room is in the map before it is subscribed: the
 * first delivery may come before subscribe has returned, and must find it. No call blocks.
 */
public final class RoomRegistry {
    private final ConcurrentHashMap<RoomName, Room> rooms = new ConcurrentHashMap<>();
    private final RoomSource source;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final RecentLimits recent;
    private final Duration linger;
    private final LagBudget lag;
    private final ReplayPacer pace;
    private final NodeMetrics metrics;
    private final AtomicInteger members = new AtomicInteger();

    /**
     * @param executor runs the lanes
     * @param nanoClock as {@link System#nanoTime}
     * @param linger how long an empty room stays subscribed
     * @param lag bounds what waits for the lanes
     * @param pace of what returning members are sent
     */
    public RoomRegistry(
            RoomSource source,
            Executor executor,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            RecentLimits recent,
            Duration linger,
            LagBudget lag,
            ReplayPacer pace,
            NodeMetrics metrics) {
        this.source = source;
        this.executor = executor;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.recent = recent;
        this.linger = linger;
        this.lag = lag;
        this.pace = pace;
        this.metrics = metrics;
    }

    /** Opens the room for one who is about to join. Each call is followed by one {@link #leave}, whatever came of it. */
    public Room open(RoomName name) {
        Room joined = rooms.compute(name, (key, present) -> {
            Room room =
                    present == null ? new Room(key, source, executor, nanoClock, recent, lag, pace, metrics) : present;
            room.references++;
            return room;
        });
        AtomicReference<CompletionStage<Position>> subscription = new AtomicReference<>();
        rooms.computeIfPresent(name, (key, present) -> {
            if (present == joined && !joined.subscribed) {
                joined.subscribed = true;
                subscription.set(source.subscribe(name));
            }
            return present;
        });
        if (subscription.get() != null) {
            follow(joined, subscription.get());
        }
        return joined;
    }

    /** Lets the member into a room that was opened; its listener is told what came of it. */
    public void join(Room room, Member member, Position since) {
        members.incrementAndGet();
        room.post(new RoomEvent.Join(member, since));
    }

    /** Takes back an {@link #open}, and a {@link #join} of which nobody waits for the end. */
    public void leave(Room room, Member member) {
        leave(room, member, () -> {});
    }

    /**
     * Takes back an {@link #open} and a {@link #join}.
     *
     * @param left runs on the room's lane, when nothing of the room is sent to the member any more; must not block
     */
    public void leave(Room room, Member member, Runnable left) {
        members.decrementAndGet();
        room.post(new RoomEvent.Leave(member, left));
        leave(room);
    }

    /** Takes back an {@link #open} after which nobody joined. */
    public void leave(Room room) {
        rooms.computeIfPresent(room.name(), (name, present) -> {
            if (present == room && --room.references == 0) {
                int vacancy = ++room.vacancies;
                var unused = timer.schedule(
                        () -> closeIfStillEmpty(room, vacancy), linger.toMillis(), TimeUnit.MILLISECONDS);
            }
            return present;
        });
    }

    /** The room, if it has members here or had until just now; else null. */
    public Room find(RoomName name) {
        return rooms.get(name);
    }

    /** How many rooms there are. */
    public int size() {
        return rooms.size();
    }

    /** How many members all rooms have together. */
    public int members() {
        return members.get();
    }

    public Collection<Room> all() {
        return rooms.values();
    }

    private void follow(Room room, CompletionStage<Position> subscription) {
        subscription.whenComplete((position, failure) -> {
            if (failure == null) {
                room.post(new RoomEvent.Positioned(position));
                room.ready.complete(null);
            } else {
                room.post(new RoomEvent.Unreachable());
                rooms.remove(room.name(), room);
                room.ready.completeExceptionally(failure);
            }
        });
    }

    private void closeIfStillEmpty(Room room, int vacancy) {
        rooms.computeIfPresent(room.name(), (name, present) -> {
            if (present == room && room.references == 0 && room.vacancies == vacancy) {
                source.unsubscribe(name);
                return null;
            }
            return present;
        });
    }
}
