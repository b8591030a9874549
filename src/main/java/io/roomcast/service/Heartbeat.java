package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
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
 * Pings each session once in an interval, and closes sessions that send nothing or read nothing. The pings are spread
 * over the seconds of the interval. One timer serves all sessions. The server sends the pings, because browsers never
 * ping, and because WildFly drops a client that sends nothing for 90 s. Silence is measured in {@link RunningTime}. So
 * a pause of this process does not count as silence of a client.
 *
 * <p>To end a session, this class closes the connection. The session is removed when the container reports the close.
 * If the container reports nothing within five seconds, this class removes the session.
 *
 * <p><b>Concurrency.</b> The timer starts a check each second, and the pool runs the check. If the previous check has
 * not ended, no check is started. So no two checks overlap. The checks are counted, not the seconds. So no session is
 * left out when a check is late.
 */
@ApplicationScoped
public class Heartbeat {
    /** How long a client may take for its pong, in addition to the interval. */
    private static final long PONG_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** How long the container may take to report the end of a connection that was closed. */
    private static final long CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Whether a check waits or runs. */
    private final AtomicBoolean isChecking = new AtomicBoolean();

    private SessionRegistry sessions;
    private RoomService service;
    private Threads threads;
    private Clocks clocks;
    private NodeMetrics metrics;
    private RunningTime time;
    private long intervalSeconds;
    /** Number of checks that have begun. Confined to the check that runs. */
    private long checks;

    private ScheduledFuture<?> checkTask;

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
        this.metrics = metrics;
        this.time = time;
        this.intervalSeconds = config.get(Keys.HEARTBEAT).toSeconds();
    }

    public void start() {
        // With a fixed delay, missed checks are not repeated after a pause of the process.
        checkTask = threads.timer().scheduleWithFixedDelay(this::startCheck, 1, 1, TimeUnit.SECONDS);
    }

    public void stop() {
        if (checkTask != null) {
            checkTask.cancel(false);
        }
    }

    /** Starts a check on the pool. The time that the check waits for a thread shows how busy the pool is. */
    private void startCheck() {
        time.markRunning();
        if (!isChecking.compareAndSet(false, true)) {
            return;
        }
        long posted = clocks.nanos().getAsLong();
        try {
            threads.pool().execute(() -> {
                metrics.record(Latency.POOL_WAIT, clocks.nanos().getAsLong() - posted);
                check();
            });
        } catch (RejectedExecutionException e) {
            isChecking.set(false);
        }
    }

    private void check() {
        try {
            checks++;
            long now = time.getAsLong();
            sessions.all().forEach(session -> check(session, now));
        } finally {
            isChecking.set(false);
        }
    }

    private void check(ClientSession session, long now) {
        if (session.isBetweenRequests()) {
            return; // LeasedSessions ends it.
        }
        OutboundQueue queue = session.queue();
        queue.closeIfStuck();
        if (queue.isClosed()) {
            if (queue.closedForNanos() >= CLOSE_TIMEOUT_NANOS) {
                service.endSession(session, queue.closeCode().number());
            }
        } else if (now - session.heardAt() >= TimeUnit.SECONDS.toNanos(intervalSeconds) + PONG_TIMEOUT_NANOS) {
            queue.close(CloseCode.HEARTBEAT_LOST, "no sign of life");
        } else if (Math.floorMod(session.id().hashCode() + checks, intervalSeconds) == 0) {
            queue.ping();
        }
    }
}
