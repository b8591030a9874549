package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.ClientFrameReader;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayProvider;
import io.roomcast.room.LagBudget;
import io.roomcast.room.MessageLog;
import io.roomcast.room.ReplayPacer;
import io.roomcast.room.RoomRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/** Makes CDI beans of classes that are plain Java, without CDI annotations. */
@ApplicationScoped
public class CoreProducers {
    /** Most messages that a room keeps in memory for recoveries, if the history is not in this process. */
    private static final int RECENT_MESSAGES = 512;

    /** Most bytes of these messages in one room. */
    private static final long RECENT_BYTES = 256 * 1024;
    /**
     * How long a room without members stays subscribed. If a client reconnects within this time, the room needs no new
     * subscription.
     */
    private static final Duration IDLE_ROOM_TIMEOUT = Duration.ofSeconds(1);

    @Produces
    @Singleton
    ClientFrameReader clientFrameReader() {
        return new ClientFrameReader();
    }

    @Produces
    @Singleton
    ServerFrameWriter serverFrameWriter() {
        return new ServerFrameWriter();
    }

    @Produces
    @Singleton
    Limits limits(RoomcastConfig config, NodeMetrics metrics, Warnings warnings) {
        Limits limits = new Limits(config, metrics);
        metrics.whenLimitReached(name -> warnings.warn(name, () -> {
            String changeable = limits.text(name);
            return "A client reached " + name + "=" + (changeable == null ? config.text(name) : changeable);
        }));
        return limits;
    }

    @Produces
    @Singleton
    RoomSettings roomSettings(RoomcastConfig config, Limits limits) {
        return new RoomSettings(config, limits);
    }

    @Produces
    @Singleton
    Clocks clocks() {
        return Clocks.system();
    }

    @Produces
    @Singleton
    RunningTime runningTime(Clocks clocks) {
        return new RunningTime(clocks.nanos());
    }

    @Produces
    @Singleton
    NodeMetrics nodeMetrics() {
        return new NodeMetrics();
    }

    @Produces
    @Singleton
    RelayProvider.RelayAndPresence opened(
            @Any Instance<RelayProvider> providers,
            RoomcastConfig config,
            RoomSettings settings,
            Node node,
            Threads threads,
            Clocks clocks,
            NodeMetrics metrics) {
        HistoryLimits.Rule history = room ->
                new HistoryLimits(settings.historySize(room), settings.historyAge(room), settings.historyBytes(room));
        String name = config.get(Keys.RELAY);
        RelayProvider provider = providers.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no relay is called " + name));
        return provider.open(new RelayProvider.Context(
                node.name(), history, threads.loopThreads(), threads.timer(), clocks.nanos(), metrics));
    }

    @Produces
    @Singleton
    Relay relay(RelayProvider.RelayAndPresence opened) {
        return opened.relay();
    }

    @Produces
    @Singleton
    PresenceStore presence(RelayProvider.RelayAndPresence opened) {
        return opened.presence();
    }

    @Produces
    @Singleton
    NodeExchange exchange(RelayProvider.RelayAndPresence opened) {
        return opened.exchange();
    }

    @Produces
    @Singleton
    static LagBudget lagBudget(Limits limits) {
        LagBudget budget = new LagBudget(limits.get(LimitKeys.LAG_BYTES), limits.get(LimitKeys.NODE_LAG_BYTES));
        limits.whenChanged(
                () -> budget.setBounds(limits.get(LimitKeys.LAG_BYTES), limits.get(LimitKeys.NODE_LAG_BYTES)));
        return budget;
    }

    static ReplayPacer replayPacer(
            Limits limits, ScheduledExecutorService timer, LongSupplier nanoClock, NodeMetrics metrics) {
        ReplayPacer pacer = new ReplayPacer(limits.get(LimitKeys.RECOVERY_RATE), timer, nanoClock, metrics);
        limits.whenChanged(() -> pacer.setRate(limits.get(LimitKeys.RECOVERY_RATE)));
        return pacer;
    }

    @Produces
    @Singleton
    RoomRegistry rooms(
            Relay relay,
            PresenceStore presence,
            Threads threads,
            Clocks clocks,
            LagBudget lag,
            Limits limits,
            RoomSettings settings,
            NodeMetrics metrics) {
        RoomRegistry rooms = new RoomRegistry(
                new OpenRooms(relay, presence, threads.timer(), clocks.nanos()),
                threads.pool(),
                threads.timer(),
                clocks.nanos(),
                room -> new MessageLog.Limits(
                        relay.isLocal() ? 0 : Math.min(RECENT_MESSAGES, settings.historySize(room)),
                        Math.min(RECENT_BYTES, settings.historyBytes(room)),
                        settings.historyAge(room).toMillis()),
                IDLE_ROOM_TIMEOUT,
                lag,
                replayPacer(limits, threads.timer(), clocks.nanos(), metrics),
                metrics);
        relay.start(new RoomDelivery(rooms));
        return rooms;
    }
}
