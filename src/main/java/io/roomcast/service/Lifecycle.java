package io.roomcast.service;

import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.room.RoomRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Starts and ends what runs by itself. Called by whoever starts the application: the embedded server, or the application server. */
@ApplicationScoped
public class Lifecycle {
    /** Clients come back within this time, each at a moment of its own. */
    private static final Duration RECONNECT_WINDOW = Duration.ofSeconds(2);

    private static final Duration GOODBYE = Duration.ofSeconds(3);

    private Sessions sessions;
    private Heartbeat heartbeat;
    private Readiness readiness;
    private PresenceStore presence;
    private Announcer announcer;
    private Relay relay;
    private Threads threads;

    /** For the container's proxy. */
    protected Lifecycle() {}

    /** @param unusedRooms not used, but needed: with them the relay has somebody to deliver to */
    @Inject
    public Lifecycle(
            Sessions sessions,
            Heartbeat heartbeat,
            Readiness readiness,
            PresenceStore presence,
            Announcer announcer,
            RoomRegistry unusedRooms,
            Relay relay,
            Threads threads) {
        this.sessions = sessions;
        this.heartbeat = heartbeat;
        this.readiness = readiness;
        this.presence = presence;
        this.announcer = announcer;
        this.relay = relay;
        this.threads = threads;
    }

    public void start() {
        presence.start(announcer);
        heartbeat.start();
        readiness.start();
    }

    /**
     * Tells all clients to come back, closes them, and waits for that, a few seconds at most. Then ends presence and the relay, which
     * need threads to finish what they have, and at last the threads: in this order, which disposers of beans would not keep. Not to be
     * started again.
     */
    public void stop() {
        try {
            sayGoodbye();
        } finally {
            end();
        }
    }

    private void end() {
        try {
            presence.close();
        } finally {
            try {
                relay.close();
            } finally {
                threads.end();
            }
        }
    }

    private void sayGoodbye() {
        readiness.drain();
        heartbeat.stop();
        for (RoomSession session : sessions.all()) {
            long slot = ThreadLocalRandom.current().nextLong(RECONNECT_WINDOW.toMillis());
            session.reply(new ServerFrame.Draining(slot));
            session.queue().closeWhenDrained(CloseCode.DRAINING, "the node stops");
        }
        long deadline = System.nanoTime() + GOODBYE.toNanos();
        while (sessions.count() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
