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
 * Figures of all sessions and rooms of the node. To take a snapshot, this class visits every session and room. So all
 * requests within a second get the same snapshot. Any thread.
 */
@ApplicationScoped
public class NodeSnapshot {
    /** Most rooms that are reported as the hottest ones. */
    public static final int HOTTEST = 10;

    /** What sessions are: WebSockets, polls that wait, streams of events, and clients over HTTP between their requests. */
    public static final List<String> TRANSPORTS = List.of("websocket", "poll", "events", "lease");

    private static final long MAX_AGE_NANOS = 1_000_000_000;
    /** Upper bounds, in bytes, of the buckets of {@link Figures#depths}. The last bound is above the default limit. */
    private static final long[] DEPTH_BOUNDS = {0, 1_024, 16_384, 65_536, 262_144, 1_048_576};

    /** Upper bounds, in milliseconds, of the buckets of {@link Figures#ages}. */
    private static final long[] AGE_BOUNDS = {0, 10, 100, 1_000, 5_000, 10_000};

    /** @param perSecond deliveries a second since the last snapshot; a message to ten members counts ten times */
    public record HotRoom(String name, int members, double perSecond) {}

    /**
     * The figures of one snapshot.
     *
     * @param depths number of sessions by the bytes that wait for them; one count for each bucket, the last for
     *     sessions above all bounds
     * @param waitingBytes bytes that wait for all sessions together
     * @param deepestBytes bytes that wait for the session for which the most bytes wait
     * @param ages number of sessions by the age of the send in flight, like {@code depths}
     * @param agesNanos sum of the ages of all sends in flight
     * @param oldestNanos age of the oldest send in flight
     * @param transports number of sessions by {@link #TRANSPORTS}
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
            List<HotRoom> hottest,
            Map<String, Long> transports) {}

    private SessionRegistry sessions;
    private RoomRegistry rooms;
    private Clocks clocks;
    /** The deliveries of each room at the last snapshot. */
    private Map<Room, Long> deliveredBefore = Map.of();

    private long takenAt;
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
        return DEPTH_BOUNDS.clone();
    }

    public static long[] ageBoundsMillis() {
        return AGE_BOUNDS.clone();
    }

    /** The rooms with the most deliveries a second, hottest first. */
    public List<HotRoom> hottest() {
        return figures().hottest();
    }

    /** The figures of the last snapshot, at most a second old. */
    public synchronized Figures figures() {
        long now = clocks.nanos().getAsLong();
        if (figures == null || now - takenAt >= MAX_AGE_NANOS) {
            figures = takeSnapshot(figures == null ? 0 : (now - takenAt) / 1e9);
            takenAt = now;
        }
        return figures;
    }

    private Figures takeSnapshot(double seconds) {
        long[] depths = new long[DEPTH_BOUNDS.length + 1];
        long[] ages = new long[AGE_BOUNDS.length + 1];
        long waiting = 0;
        long deepest = 0;
        long allAges = 0;
        long oldest = 0;
        Map<String, Long> transports = new HashMap<>();
        for (ClientSession session : sessions.all()) {
            transports.merge(transport(session), 1L, Long::sum);
            long bytes = session.queue().waitingBytes();
            long age = session.queue().sendAgeNanos();
            depths[bucket(DEPTH_BOUNDS, bytes)]++;
            ages[bucket(AGE_BOUNDS, (age + 999_999) / 1_000_000)]++;
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
            events += room.waitingEvents();
            delivered.put(room, room.delivered());
        }
        List<HotRoom> hottest = hottest(delivered, seconds);
        deliveredBefore = delivered;
        return new Figures(members, events, depths, waiting, deepest, ages, allAges, oldest, hottest, transports);
    }

    private static String transport(ClientSession session) {
        return session.isBetweenRequests()
                ? "lease"
                : session.isOverHttp() ? session.arrival().transport() : "websocket";
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
