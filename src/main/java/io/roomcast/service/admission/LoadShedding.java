package io.roomcast.service.admission;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.LagBudget;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Tells publishers {@code busy} when a room falls behind with handing messages to its members, so that what waits stays bounded. Any thread.
 *
 * <p>From half of a limit on a share of all publishes is refused that grows until it is all of them: early, and for everybody alike, as in Floyd
 * and Jacobson, <i>Random Early Detection Gateways for Congestion Avoidance</i> (IEEE/ACM Transactions on Networking 1(4), 1993). Nothing has to
 * recover afterwards: what is measured is what waits now.
 */
@ApplicationScoped
public class LoadShedding {
    /** Of a limit: here refusing begins. */
    private static final double EARLY = 0.5;

    private static final long SHORTEST_RETRY_MS = 100;
    private static final long LONGEST_RETRY_MS = 5_000;

    private RoomRegistry rooms;
    private LagBudget lag;
    private Limits limits;

    /** For the container's proxy. */
    protected LoadShedding() {}

    @Inject
    public LoadShedding(RoomRegistry rooms, LagBudget lag, Limits limits) {
        this.rooms = rooms;
        this.lag = lag;
        this.limits = limits;
    }

    /** @throws io.roomcast.protocol.ProtocolException {@code busy}, for some publishes of a room that falls behind, or all */
    public void admit(RoomName name) {
        Room.LaneLoad load = load(name);
        if (load == null || load.events() == 0) {
            return;
        }
        long lagMillis = TimeUnit.NANOSECONDS.toMillis(load.waitingNanos());
        refuseShare(refused(lagMillis, limits.get(LimitKeys.LAG)), LimitKeys.LAG, lagMillis);
        refuseShare(refused(load.bytes(), limits.get(LimitKeys.LAG_BYTES)), LimitKeys.LAG_BYTES, lagMillis);
        if (load.bytes() > 0) {
            refuseShare(
                    refused(lag.held(), limits.bytes(LimitKeys.NODE_LAG_BYTES)), LimitKeys.NODE_LAG_BYTES, lagMillis);
        }
    }

    private void refuseShare(double share, Key<?> limit, long lagMillis) {
        if (share > 0 && ThreadLocalRandom.current().nextDouble() < share) {
            long least = Math.max(SHORTEST_RETRY_MS, Math.min(lagMillis, LONGEST_RETRY_MS));
            // Spread, so that they do not all come back at once.
            long retry = least + ThreadLocalRandom.current().nextLong(least);
            throw limits.reached(limit, ErrorCode.BUSY, "the room has more messages than can be delivered", retry);
        }
    }

    /** Whether what is not kept anyway, such as a signal, had better not be sent at all. */
    public boolean sparesNotices(RoomName name) {
        Room.LaneLoad load = load(name);
        return load != null
                && (refused(TimeUnit.NANOSECONDS.toMillis(load.waitingNanos()), limits.get(LimitKeys.LAG)) > 0
                        || refused(load.bytes(), limits.get(LimitKeys.LAG_BYTES)) > 0);
    }

    private Room.LaneLoad load(RoomName name) {
        Room room = rooms.find(name);
        return room == null ? null : room.laneLoad();
    }

    /** @return the share of publishes to refuse: none up to half the limit, all from the limit on */
    static double refused(long value, long limit) {
        return limit == 0 ? 0 : Math.min(1, Math.max(0, ((double) value / limit - EARLY) / (1 - EARLY)));
    }
}
