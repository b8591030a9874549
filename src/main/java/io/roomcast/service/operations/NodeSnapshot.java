package io.roomcast.service.operations;

import io.roomcast.node.Clocks;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A look at every session and room of the node. Costs a millisecond or two with 19,000 sessions, so all that a scrape asks for is answered
 * from one look, and no look is taken within a second of the one before. Any thread.
 */
@ApplicationScoped
public class NodeSnapshot {
    /** How many of the hottest rooms are told of. */
    public static final int HOTTEST = 10;

    private static final long FRESH_NANOS = 1_000_000_000;
    /** In bytes; the last is above the default limit. */
    private static final long[] DEPTHS = {0, 1_024, 16_384, 65_536, 262_144, 1_048_576};

    /** In milliseconds. */
    private static final long[] AGES = {0, 10, 100, 1_000, 5_000, 10_000};

    /** @param perSecond messages that were handed to members since the look before, each counted for each member */
    public record HotRoom(String name, int members, double perSecond) {}

    /**
     * @param depths sessions by bytes that wait, ages by the age of the send in flight; one for each bound and one for all above
     * @param waitingBytes of all sessions together, deepestBytes of the one that most waits for
     * @param oldestNanos age of the oldest send in flight
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Figures(
            long members,
            long laneEvents,
            long[] depths,
            long waitingBytes,
            long deepestBytes,
            long[] ages,
            long agesNanos,
            long oldestNanos,
            List<HotRoom> hottest) {}

    private SessionRegistry sessions;
    private RoomRegistry rooms;
    private Clocks clocks;
    private Map<Room, Long> deliveredBefore = Map.of();
    private long lookedAt;
    private Figures figures;

    /** For the container's proxy. */
    protected NodeSnapshot() {}

    @Inject
    public NodeSnapshot(SessionRegistry sessions, RoomRegistry rooms, Clocks clocks) {
        this.sessions = sessions;
        this.rooms = rooms;
        this.clocks = clocks;
    }

    public static long[] depthBounds() {
        return DEPTHS.clone();
    }

    public static long[] ageBoundsMillis() {
        return AGES.clone();
    }

    /** The rooms that are told most, the hottest first. */
    public List<HotRoom> hottest() {
        return figures().hottest();
    }

    /** The figures of the last snapshot, at most a second old. */
    public synchronized Figures figures() {
        long now = clocks.nanos().getAsLong();
        if (figures == null || now - lookedAt >= FRESH_NANOS) {
            figures = take(figures == null ? 0 : (now - lookedAt) / 1e9);
            lookedAt = now;
        }
        return figures;
    }

    private Figures take(double seconds) {
        long[] depths = new long[DEPTHS.length + 1];
        long[] ages = new long[AGES.length + 1];
        long waiting = 0;
        long deepest = 0;
        long allAges = 0;
        long oldest = 0;
        for (ClientSession session : sessions.all()) {
            long bytes = session.queue().waitingBytes();
            long age = session.queue().sendAgeNanos();
            depths[bucket(DEPTHS, bytes)]++;
            ages[bucket(AGES, (age + 999_999) / 1_000_000)]++;
            waiting += bytes;
            deepest = Math.max(deepest, bytes);
            allAges += age;
            oldest = Math.max(oldest, age);
        }
        long members = 0;
        long events = 0;
        Map<Room, Long> delivered = new HashMap<>();
        for (Room room : rooms.all()) {
            members += room.size();
            events += room.waiting();
            delivered.put(room, room.delivered());
        }
        List<HotRoom> hottest = hottest(delivered, seconds);
        deliveredBefore = delivered;
        return new Figures(members, events, depths, waiting, deepest, ages, allAges, oldest, hottest);
    }

    private List<HotRoom> hottest(Map<Room, Long> delivered, double seconds) {
        if (seconds == 0) {
            return List.of();
        }
        return delivered.entrySet().stream()
                .map(entry -> new HotRoom(
                        entry.getKey().name().value(),
                        entry.getKey().size(),
                        (entry.getValue() - deliveredBefore.getOrDefault(entry.getKey(), 0L)) / seconds))
                .filter(room -> room.perSecond() > 0)
                .sorted(Comparator.comparingDouble(HotRoom::perSecond).reversed())
                .limit(HOTTEST)
                .toList();
    }

    private static int bucket(long[] bounds, long value) {
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        return bucket;
    }
}
