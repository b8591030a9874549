package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Histogram;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.CloseCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Pings every session once an interval, a share of them each second, and closes those that show no life or read nothing. One timer for all
 * sessions. WildFly drops a client that sends nothing for 90 s, and browsers never ping: so the server does.
 */
@ApplicationScoped
public class Heartbeat {
    /** Time for a pong, on top of the interval. */
    private static final long PATIENCE_SECONDS = 10;

    private Sessions sessions;
    private Threads threads;
    private Histogram laneWait;
    private long intervalSeconds;
    private long second;
    private ScheduledFuture<?> timer;

    /** For the container's proxy. */
    protected Heartbeat() {}

    @Inject
    public Heartbeat(Sessions sessions, Threads threads, NodeMetrics metrics, RoomcastConfig config) {
        this.sessions = sessions;
        this.threads = threads;
        this.laneWait = metrics.laneWait();
        this.intervalSeconds = config.get(Keys.HEARTBEAT).toSeconds();
    }

    public void start() {
        timer = threads.timer().scheduleAtFixedRate(this::beat, 1, 1, TimeUnit.SECONDS);
    }

    public void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Goes to the lanes' pool as a message would, so how long it waits there tells how busy the pool is. */
    private void beat() {
        long posted = System.nanoTime();
        threads.lanes().execute(() -> {
            laneWait.record(System.nanoTime() - posted);
            tick();
        });
    }

    private void tick() {
        second++;
        long silentSince = System.nanoTime() - TimeUnit.SECONDS.toNanos(intervalSeconds + PATIENCE_SECONDS);
        for (RoomSession session : sessions.all()) {
            session.queue().closeIfStuck();
            if (session.heardAt() - silentSince < 0) {
                session.queue().close(CloseCode.HEARTBEAT_LOST, "no sign of life");
            } else if (Math.floorMod(session.id().hashCode() + second, intervalSeconds) == 0) {
                session.queue().ping();
            }
        }
    }
}
