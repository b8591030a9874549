package io.roomcast.service.admission;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
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
 * Answers publishers {@code busy} when the lane of a room falls behind. So the waiting messages stay bounded. Any
 * thread.
 *
 * <p>Above half of a limit, a share of the publishes is refused, chosen at random. The share grows with the load. At
 * the limit, all publishes are refused. So refusals begin early and hit all publishers alike, as in Floyd and Jacobson,
 * <i>Random Early Detection Gateways for Congestion Avoidance</i> (IEEE/ACM Transactions on Networking 1(4), 1993). The
 * share depends only on what waits now. So no state has to recover after an overload.
 */
@ApplicationScoped
public class LoadShedding {
    /** The part of a limit above which a share of the publishes is refused. */
    private static final double REFUSAL_START = 0.5;

    private static final long SHORTEST_RETRY_MS = 100;
    private static final long LONGEST_RETRY_MS = 5_000;

    private RoomRegistry rooms;
    private LagBudget lag;
    private Limits limits;
    private NodeMetrics metrics;

    /** For the container's proxy. */
    protected LoadShedding() {}

    @Inject
    public LoadShedding(RoomRegistry rooms, LagBudget lag, Limits limits, NodeMetrics metrics) {
        this.rooms = rooms;
        this.lag = lag;
        this.limits = limits;
        this.metrics = metrics;
    }

    /**
     * Refuses this publish, with a probability that grows with the load of the room.
     *
     * @throws io.roomcast.protocol.ProtocolException {@code busy}
     */
    public void shedPublish(RoomName name) {
        Room room = rooms.find(name);
        if (room == null) {
            return;
        }
        Room.LaneLoad load = room.laneLoad();
        if (load.events() == 0) {
            return;
        }
        long lagMillis = TimeUnit.NANOSECONDS.toMillis(load.waitingNanos());
        refuseShare(shareToRefuse(lagMillis, limits.get(LimitKeys.LAG)), LimitKeys.LAG, lagMillis);
        refuseShare(shareToRefuse(load.bytes(), limits.get(LimitKeys.LAG_BYTES)), LimitKeys.LAG_BYTES, lagMillis);
        if (load.bytes() > 0) {
            refuseShare(
                    shareToRefuse(lag.held(), limits.get(LimitKeys.NODE_LAG_BYTES)),
                    LimitKeys.NODE_LAG_BYTES,
                    lagMillis);
        }
    }

    private void refuseShare(double share, Key<?> limit, long lagMillis) {
        if (share > 0 && ThreadLocalRandom.current().nextDouble() < share) {
            long least = Math.max(SHORTEST_RETRY_MS, Math.min(lagMillis, LONGEST_RETRY_MS));
            // At random, so that the publishers do not all retry at once.
            long retry = least + ThreadLocalRandom.current().nextLong(least);
            throw limits.exceeded(limit, ErrorCode.BUSY, "the room has more messages than can be delivered", retry);
        }
    }

    /**
     * Drops a signal if the room is behind, because signals are never stored. A dropped signal counts once for each
     * member on this node.
     *
     * @return whether the signal was dropped
     */
    public boolean shedSignal(RoomName name) {
        Room room = rooms.find(name);
        if (room == null || !isBehind(room.laneLoad())) {
            return false;
        }
        metrics.add(Counter.NOTICES_DROPPED, room.size());
        return true;
    }

    private boolean isBehind(Room.LaneLoad load) {
        return shareToRefuse(TimeUnit.NANOSECONDS.toMillis(load.waitingNanos()), limits.get(LimitKeys.LAG)) > 0
                || shareToRefuse(load.bytes(), limits.get(LimitKeys.LAG_BYTES)) > 0;
    }

    /**
     * @param limit 0 for no limit
     * @return share of the publishes to refuse: 0 up to half of the limit, 1 at the limit and above
     */
    static double shareToRefuse(long value, long limit) {
        return limit == 0
                ? 0
                : Math.min(1, Math.max(0, ((double) value / limit - REFUSAL_START) / (1 - REFUSAL_START)));
    }
}
