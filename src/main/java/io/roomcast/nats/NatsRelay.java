package io.roomcast.nats;

import io.roomcast.cursor.GapRepair;
import io.roomcast.cursor.Subscriptions;
import io.roomcast.lease.LeasedPresence;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.NatsLink;
import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.nats.connection.ServerClock;
import io.roomcast.nats.connection.Streams;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.nats.presence.NatsPresenceBook;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayListener;
import io.roomcast.relay.Trait;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The relay of many nodes over NATS JetStream. All rooms share one stream, and each has a subject of its own. A node
 * numbers a message and appends it on the condition that no other was appended to the room meanwhile: see
 * {@link RoomAppender}. The server publishes what it has stored to the nodes that have subscribed to the room. If a node
 * receives messages out of order, or may have missed messages, it reads them from the stream. Members do not notice this.
 *
 * <p><b>Requirements.</b> NATS 2.9 or later with JetStream. In a cluster, messages are as safe as {@code replicas} says.
 *
 * <p><b>Threads.</b> Stages complete on the thread of the connection's replies. The thread of its subscriptions calls the
 * listener, which must only queue, since a slow listener would delay the messages of all rooms.
 */
public final class NatsRelay implements Relay {
    private static final long CHECK_MILLIS = 250;
    private static final long WATCH_MILLIS = 1_000;
    /** How long the end waits for calls that NATS has not answered. */
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Duration LEASE_TIME = Duration.ofSeconds(10);

    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final NodeMetrics metrics;
    private final NatsLink link;
    private final Streams streams;
    private final Subscriptions subscriptions;
    private final RoomAppenders appenders;
    private final RoomReader reader;
    private final NatsChannels channels;
    private final NatsProbe probe;
    private final TailWatch tailWatch;
    private final NatsPresenceBook book;
    private final NatsExchange exchange;
    /** Whether the connection was in use before. */
    private volatile boolean connectedBefore;

    private ScheduledFuture<?> checkTask;
    private ScheduledFuture<?> watchTask;

    /**
     * Does not connect yet.
     *
     * @param limits limits of the histories; other nodes may have others
     * @param node name of this node, which NATS shows; need not be unique
     * @param threads makes the threads that live until {@link #close}
     * @param timer runs short tasks
     * @param nanoClock as {@link System#nanoTime}
     * @param metrics counts gaps, reconnects and unknown messages
     * @throws IllegalArgumentException if the trusted certificates cannot be read
     */
    public NatsRelay(
            NatsSettings settings,
            HistoryLimits.Rule limits,
            String node,
            ThreadFactory threads,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            NodeMetrics metrics) {
        this(settings, limits, node, threads, timer, nanoClock, metrics, LEASE_TIME);
    }

    /** @param leaseTime time after which a lease of presence expires, the same for all nodes */
    NatsRelay(
            NatsSettings settings,
            HistoryLimits.Rule limits,
            String node,
            ThreadFactory threads,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            NodeMetrics metrics,
            Duration leaseTime) {
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.metrics = metrics;
        String id = UUID.randomUUID().toString().replace("-", "");
        Subjects subjects = new Subjects(settings.prefix());
        ServerClock clock = new ServerClock(nanoClock);
        this.link = new NatsLink(settings, node, threads, nanoClock, new Events());
        JetStream jetStream = new JetStream(link);
        this.streams = new Streams(jetStream, subjects, settings.storage(), clock, id, leaseTime);
        this.exchange = new NatsExchange(id, node, link, jetStream, subjects, timer, nanoClock);
        this.book = new NatsPresenceBook(jetStream, subjects, clock, nanoClock, node, leaseTime);
        RoomTails tails = new RoomTails(jetStream, subjects);
        this.subscriptions = new Subscriptions("NATS", metrics, nanoClock);
        this.appenders = new RoomAppenders(jetStream, subjects, tails, timer, nanoClock);
        this.reader = new RoomReader(
                jetStream,
                subjects,
                tails,
                limits,
                clock,
                settings.storage().age().toMillis());
        this.channels = new NatsChannels(subscriptions, appenders, link, subjects, metrics);
        this.probe = new NatsProbe(jetStream, subjects, "!" + id, clock, nanoClock);
        this.tailWatch = new TailWatch(subscriptions, tails, channels, nanoClock);
    }

    /** What happens to the connection. */
    private final class Events implements NatsLink.Events {
        @Override
        public void opened(NatsLink opened) {
            opened.subscribe(probe.subject(), probe::received);
            exchange.subscribe();
        }

        @Override
        public CompletionStage<Void> connected(NatsLink made) {
            return streams.prepare();
        }

        @Override
        public void ready() {
            if (connectedBefore) {
                metrics.increment(Counter.RELAY_RECONNECTS);
                subscriptions.reconnected();
            }
            connectedBefore = true;
            exchange.beat();
            channels.updateAll();
        }

        @Override
        public void lost(String why) {
            subscriptions.unreachable(room -> true, why);
        }
    }

    @Override
    public void start(RelayListener listener) {
        subscriptions.start(channels, new GapRepair(reader, timer, subscriptions::fail), listener);
        link.start(channels::received);
        checkTask =
                timer.scheduleWithFixedDelay(this::checkTimeouts, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
        watchTask = timer.scheduleWithFixedDelay(this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void checkTimeouts() {
        link.checkTimeouts();
        subscriptions.checkCursors();
        probe.checkTimeouts();
    }

    private void watch() {
        appenders.sweep();
        exchange.beat();
        if (link.isReady()) {
            tailWatch.look();
        }
    }

    @Override
    public CompletionStage<Prefix> publishAll(RoomName room, List<Entry> entries) {
        return appenders.append(room, entries);
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {
        channels.signal(room, kind, frame);
    }

    @Override
    public CompletionStage<Position> subscribe(RoomName room) {
        return subscriptions.subscribe(room);
    }

    @Override
    public CompletionStage<Position> position(RoomName room) {
        return reader.position(room);
    }

    @Override
    public void unsubscribe(RoomName room) {
        subscriptions.unsubscribe(room);
    }

    @Override
    public CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit) {
        return reader.after(room, offset, limit);
    }

    @Override
    public CompletionStage<HistoryPage> historyBefore(RoomName room, long offset, int limit) {
        return reader.before(room, offset, limit);
    }

    @Override
    public CompletionStage<Void> probe() {
        long sent = nanoClock.getAsLong();
        return probe.send()
                .whenComplete((done, failure) -> tailWatch.probed(failure == null, nanoClock.getAsLong() - sent));
    }

    /** A presence store that uses this relay's connection. It must be closed before this relay. */
    public PresenceStore presence() {
        return new LeasedPresence(book, subscriptions, timer, nanoClock);
    }

    /** The exchange between the nodes of this relay. It ends with this relay. */
    public NodeExchange exchange() {
        return exchange;
    }

    @Override
    public Set<Trait> traits() {
        return Set.of(
                Trait.FIRST_POSITION_WITHIN_HISTORY,
                Trait.LATE_AFTER_SILENT_LOSS,
                Trait.LOSES_MINUTES_ON_POWER_FAILURE,
                Trait.ROOM_BYTES_WHEN_READ,
                Trait.PRESENCE_IN_ONE_MESSAGE);
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public void close() {
        long deadline = nanoClock.getAsLong() + CLOSE_NANOS;
        appenders.close(deadline);
        book.close(deadline);
        if (checkTask != null) {
            checkTask.cancel(false);
            watchTask.cancel(false);
        }
        exchange.close();
        link.close();
        subscriptions.close();
        probe.close();
    }
}
