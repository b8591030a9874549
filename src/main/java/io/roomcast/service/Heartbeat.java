package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Histogram;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.protocol.CloseCode;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Pings every session once in an interval, some of them each second, and closes sessions that show no life or read
 * nothing. One timer serves all. The server pings because WildFly drops a client that sends nothing for 90 s, and
 * browsers never ping. Silence is counted in {@link RunningTime}: a node that stood still takes no client for dead.
 *
 * <p>A session ends in one way: its connection is closed, and the rest follows when the container reports the end. If
 * the container reports nothing, the session is ended a few seconds later.
 *
 * <p><b>Concurrency.</b> The timer beats, and the lanes' pool checks the sessions, one check at a time. When the pool
 * is late, a beat is left out: no check overlaps another, and no session is skipped.
 */
@ApplicationScoped
public class Heartbeat {
    /** Time for a pong, on top of the interval. */
    private static final long PONG_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Time for a connection that was closed to end. */
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final AtomicBoolean checking = new AtomicBoolean();
    private SessionRegistry sessions;
    private RoomService service;
    private Threads threads;
    private Clocks clocks;
    private Histogram laneWait;
    private RunningTime time;
    private long intervalSeconds;
    /** Checks that have begun. */
    private long rounds;

    private ScheduledFuture<?> timer;

    /** For the container's proxy. */
    protected Heartbeat() {}

    @Inject
    public Heartbeat(
            SessionRegistry sessions,
            RoomService service,
            Threads threads,
            Clocks clocks,
            NodeMetrics metrics,
            RunningTime time,
            RoomcastConfig config) {
        this.sessions = sessions;
        this.service = service;
        this.threads = threads;
        this.clocks = clocks;
        this.laneWait = metrics.histogram(Latency.LANE_WAIT);
        this.time = time;
        this.intervalSeconds = config.get(Keys.HEARTBEAT).toSeconds();
    }

    public void start() {
        // With a fixed delay: a node that stood still has no beats to make up for.
        timer = threads.timer().scheduleWithFixedDelay(this::beat, 1, 1, TimeUnit.SECONDS);
    }

    public void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Checks on the lanes' pool. How long the check waits there tells how busy the pool is. */
    private void beat() {
        time.beat();
        if (!checking.compareAndSet(false, true)) {
            return;
        }
        long posted = clocks.nanos().getAsLong();
        try {
            threads.lanes().execute(() -> {
                laneWait.record(clocks.nanos().getAsLong() - posted);
                check();
            });
        } catch (RejectedExecutionException e) {
            checking.set(false);
        }
    }

    private void check() {
        try {
            rounds++;
            long now = time.getAsLong();
            sessions.all().forEach(session -> check(session, now));
        } finally {
            checking.set(false);
        }
    }

    private void check(ClientSession session, long now) {
        OutboundQueue queue = session.queue();
        queue.closeIfStuck();
        if (queue.isClosed()) {
            if (queue.closedForNanos() >= CLOSE_NANOS) {
                service.closed(session, queue.closeCode().number());
            }
        } else if (now - session.heardAt() >= TimeUnit.SECONDS.toNanos(intervalSeconds) + PONG_NANOS) {
            queue.close(CloseCode.HEARTBEAT_LOST, "no sign of life");
        } else if (Math.floorMod(session.id().hashCode() + rounds, intervalSeconds) == 0) {
            queue.ping();
        }
    }
}
