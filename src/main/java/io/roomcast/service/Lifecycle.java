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
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.operations.Drain;
import io.roomcast.service.operations.Readiness;
import io.roomcast.service.operations.Rehearsal;
import io.roomcast.service.operations.StartReport;
import io.roomcast.service.operations.WarmUp;
import io.roomcast.service.presence.PresenceAnnouncer;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Starts and stops the tasks of a node that no request triggers. The embedded server or the application server calls
 * this class.
 */
@ApplicationScoped
public class Lifecycle {
    private static final Logger LOG = System.getLogger(Lifecycle.class.getName());
    /** How long {@link #stop} waits, after the window, for the last connections to close. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /**
     * How long {@link #stop} waits at most for users to come back at other nodes. A longer grace ends early, because
     * service managers do not wait for ever.
     */
    private static final Duration RETURN_TIMEOUT = Duration.ofSeconds(10);

    private TokenAdmission tokenAdmission;
    private SessionRegistry sessions;
    private RoomJoins joins;
    private NodeExchange exchange;
    private RoomRegistry rooms;
    private Heartbeat heartbeat;
    private Readiness readiness;
    private WarmUp warmUp;
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
    private Duration returnTimeout;
    private boolean started;

    /** For the container's proxy. */
    protected Lifecycle() {}

    /** @param rooms is made with this object at the latest; its producer gives the relay its listener */
    @Inject
    public Lifecycle(
            TokenAdmission tokenAdmission,
            SessionRegistry sessions,
            RoomJoins joins,
            NodeExchange exchange,
            Heartbeat heartbeat,
            Readiness readiness,
            WarmUp warmUp,
            PresenceStore presence,
            PresenceAnnouncer announcer,
            RoomRegistry rooms,
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
        this.joins = joins;
        this.exchange = exchange;
        this.rooms = rooms;
        this.heartbeat = heartbeat;
        this.readiness = readiness;
        this.warmUp = warmUp;
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
        Duration grace = config.get(Keys.PRESENCE_GRACE);
        this.returnTimeout = grace.compareTo(RETURN_TIMEOUT) < 0 ? grace : RETURN_TIMEOUT;
    }

    /** @param rehearsal opens what {@link WarmUp} plays, if warm-up is configured */
    public void start(ServerInfo server, Callable<Rehearsal> rehearsal) {
        report.log(server);
        var unused = threads.timer().scheduleWithFixedDelay(warnings::tick, 1, 1, TimeUnit.SECONDS);
        tokenAdmission.start();
        presence.start(announcer, maxNames);
        heartbeat.start();
        warmUp.start(rehearsal);
        startedEvent.fire(new NodeStarted(server));
        // Last: a node that is ready answers everything.
        readiness.start();
        started = true;
    }

    /**
     * Starts no more than clients need, for a node that is only a {@link Rehearsal}. It logs nothing, measures nothing
     * and closes nobody. {@link #endRehearsal} ends it.
     */
    public void startRehearsal() {
        presence.start(announcer, maxNames);
    }

    /** Ends the threads of a node that is only a rehearsal, when its clients are gone, or after two seconds. */
    public void endRehearsal() {
        awaitNoSessions(CLOSE_TIMEOUT);
        closeAll();
    }

    /**
     * Drains all sessions and waits until they are gone, at most two seconds longer than the window. If there may be
     * other nodes, it also waits for users to come back there, as long as they may do so unnoticed. Then closes presence
     * and the relay, which need threads to finish. Ends the threads last. Disposers of CDI beans would not keep this
     * order. A stopped node cannot be started again.
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
        warmUp.stop();
        drain.stop(drainWindow);
        heartbeat.stop();
        tokenAdmission.stop();
        readiness.stop();
        awaitNoSessions(drainWindow.plus(CLOSE_TIMEOUT));
        awaitReturns();
        drain.endStop();
    }

    private void awaitNoSessions(Duration timeout) {
        await(() -> sessions.all().stream().allMatch(ClientSession::isBetweenRequests), timeout);
    }

    /** A user whom the close of presence takes out of a room before that would be shown to leave and to come back. */
    private void awaitReturns() {
        if (!exchange.isAlone()) {
            await(() -> rooms.members() == 0 && !joins.awaitsReturns() && sessions.count() == 0, returnTimeout);
        }
    }

    private void await(BooleanSupplier condition, Duration timeout) {
        long deadline = clocks.nanos().getAsLong() + timeout.toNanos();
        while (!condition.getAsBoolean() && clocks.nanos().getAsLong() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
