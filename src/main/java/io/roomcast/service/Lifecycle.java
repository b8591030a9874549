package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Author;
import io.roomcast.node.Clocks;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.ServerInfo;
import io.roomcast.node.Threads;
import io.roomcast.node.Warnings;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.operations.Drain;
import io.roomcast.service.operations.Readiness;
import io.roomcast.service.operations.StartReport;
import io.roomcast.service.presence.PresenceAnnouncer;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts and stops the tasks of a node that no request triggers. The embedded server or the application server calls
 * this class.
 */
@ApplicationScoped
public class Lifecycle {
    private static final Logger LOG = System.getLogger(Lifecycle.class.getName());
    /** How long {@link #stop} waits, after the window, for the last connections to close. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private TokenAdmission tokenAdmission;
    private SessionRegistry sessions;
    private Heartbeat heartbeat;
    private Readiness readiness;
    private PresenceStore presence;
    private PresenceAnnouncer announcer;
    private Relay relay;
    private Threads threads;
    private Clocks clocks;
    private Drain drain;
    private Event<NodeStarted> startedEvent;
    private Warnings warnings;
    private StartReport report;
    /** As for {@link PresenceStore#start}. */
    private int maxNames;

    private Duration drainWindow;
    private boolean started;

    /** For the container's proxy. */
    protected Lifecycle() {}

    /**
     * @param unusedRooms not used. As a parameter, it makes CDI create the registry of rooms, whose producer gives the
     *     relay its listener.
     */
    @Inject
    public Lifecycle(
            TokenAdmission tokenAdmission,
            SessionRegistry sessions,
            Heartbeat heartbeat,
            Readiness readiness,
            PresenceStore presence,
            PresenceAnnouncer announcer,
            RoomRegistry unusedRooms,
            Relay relay,
            Threads threads,
            Clocks clocks,
            Drain drain,
            Event<NodeStarted> startedEvent,
            Warnings warnings,
            StartReport report,
            RoomcastConfig config) {
        this.tokenAdmission = tokenAdmission;
        this.sessions = sessions;
        this.heartbeat = heartbeat;
        this.readiness = readiness;
        this.presence = presence;
        this.announcer = announcer;
        this.relay = relay;
        this.threads = threads;
        this.clocks = clocks;
        this.drain = drain;
        this.startedEvent = startedEvent;
        this.warnings = warnings;
        this.report = report;
        this.maxNames = config.get(Keys.PRESENCE_NAMES);
        this.drainWindow = config.get(OperationKeys.DRAIN_STOP_WINDOW);
    }

    public void start(ServerInfo server) {
        report.log(server);
        var unused = threads.timer().scheduleWithFixedDelay(warnings::tick, 1, 1, TimeUnit.SECONDS);
        tokenAdmission.start();
        presence.start(announcer, maxNames);
        heartbeat.start();
        readiness.start();
        startedEvent.fire(new NodeStarted(server));
        started = true;
    }

    /**
     * Drains all sessions and waits until they are gone, at most two seconds longer than the window. Then closes
     * presence and the relay, which need threads to finish. Ends the threads last. Disposers of CDI beans would not
     * keep this order. A stopped node cannot be started again.
     */
    public void stop(Author author) {
        logStop("The node stops (sessions: " + sessions.count() + "), by " + author.text());
        try {
            drainSessions();
        } finally {
            closeAll();
            warnings.flush();
            logStop("The node has stopped (sessions still open: " + sessions.count() + ")");
        }
    }

    /** Logs nothing if the node has not started. Whoever starts it says what is wrong then. */
    private void logStop(String text) {
        if (started) {
            LOG.log(Level.INFO, text);
        }
    }

    private void closeAll() {
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

    private void drainSessions() {
        drain.stop(drainWindow);
        heartbeat.stop();
        tokenAdmission.stop();
        readiness.stop();
        long deadline =
                clocks.nanos().getAsLong() + drainWindow.plus(CLOSE_TIMEOUT).toNanos();
        while (sessions.all().stream().anyMatch(session -> !session.isBetweenRequests())
                && clocks.nanos().getAsLong() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        drain.endStop();
    }
}
