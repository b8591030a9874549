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
    /** Time for a pong, on top of the interval, and then for the connection to end. */
    private static final long PATIENCE_SECONDS = 10;

    private Sessions sessions;
    private RoomService service;
    private Threads threads;
    private Histogram laneWait;
    private long intervalSeconds;
    private long second;
    private ScheduledFuture<?> timer;

    /** For the container's proxy. */
    protected Heartbeat() {}

    @Inject
    public Heartbeat(
            Sessions sessions, RoomService service, Threads threads, NodeMetrics metrics, RoomcastConfig config) {
        this.sessions = sessions;
        this.service = service;
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
        long now = System.nanoTime();
        for (RoomSession session : sessions.all()) {
            session.queue().closeIfStuck();
            long silentSeconds = TimeUnit.NANOSECONDS.toSeconds(now - session.heardAt());
            if (silentSeconds >= intervalSeconds + 2 * PATIENCE_SECONDS) {
                // Closed long ago. A connection that broke while it was being opened may end without a word from the
                // container.
                service.closed(session, CloseCode.HEARTBEAT_LOST.number());
            } else if (silentSeconds >= intervalSeconds + PATIENCE_SECONDS) {
                session.queue().close(CloseCode.HEARTBEAT_LOST, "no sign of life");
            } else if (Math.floorMod(session.id().hashCode() + second, intervalSeconds) == 0) {
                session.queue().ping();
            }
        }
    }
}
