package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.archiver.Admission;
import io.roomcast.archiver.LiveBroker;
import io.roomcast.archiver.LogSource;
import io.roomcast.cursor.GapRepair;
import io.roomcast.cursor.LogPage;
import io.roomcast.cursor.Subscriptions;
import io.roomcast.lease.LeasedPresence;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.Connector;
import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.redis.connection.Refusal;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.RoomPublish;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.redis.connection.Subscriber;
import io.roomcast.redis.presence.PresenceCommands;
import io.roomcast.redis.presence.PresenceScripts;
import io.roomcast.redis.topology.DataLineage;
import io.roomcast.redis.topology.NodeChannels;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.Futures;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayListener;
import io.roomcast.relay.RelayRecords;
import io.roomcast.relay.RelayUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The relay of many nodes over Redis. A script assigns the offsets, appends to the rooms' logs and publishes to all
 * nodes, in one step. Publishes that wait at the same time share a call of it. If a node receives messages out of order, or may have missed messages, it reads
 * them from the log. Members do not notice this.
 *
 * <p><b>Requirements.</b> Redis must not evict keys ({@code maxmemory-policy noeviction}). It needs an append-only file
 * if messages are to survive its restart. Redis may still lose messages, as in a failover to a replica that was behind.
 * The room then gets a new epoch, and listeners are reset. While hash slots of a Cluster are moved, publishes to their
 * rooms may fail. They can be repeated.
 *
 * <p><b>Threads.</b> Each server that takes writes has a thread that publishes, a thread that reads and a thread that
 * listens. Stages complete on the first two. The last two call the listener, which must only queue, since a slow
 * listener would delay the messages of all rooms.
 */
public final class RedisRelay implements Relay {
    /** How often timeouts are checked. */
    private static final long CHECK_MILLIS = 500;
    /** How often a node publishes to itself, so that its subscriptions are never silent: see {@link Subscriber}. */
    private static final long KEEP_ALIVE_MILLIS = 2_000;
    /** How often a node writes its mark into the data of Redis: see {@link DataLineage}. */
    private static final long MARK_MILLIS = 1_000;
    /** Signals are dropped when this many commands wait, so that messages are not refused. */
    private static final int SIGNAL_QUEUE_LIMIT = 5_000;

    /** Time after which a lease of presence expires if it is not renewed. */
    private static final Duration LEASE_TIME = Duration.ofSeconds(10);

    private final RedisSettings settings;
    private final HistoryLimits.Rule limits;
    private final HistoryLimits.Rule kept;
    private final String node;
    private final ThreadFactory threads;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Scripts scripts;
    private final PresenceScripts presenceScripts;
    private final boolean sharded;
    /** Key of lineage.lua; empty in a Cluster, which has several. */
    private final String lifeKey;

    private final AbsentRooms absentRooms = new AbsentRooms();
    private final Subscriptions subscriptions;
    private final RedisChannels roomChannels;
    private final Probes probes;
    private final RedisExchange exchange;
    private final Shards shards;
    private final RedisLogs logs;
    private final RedisRecords records;
    private ScheduledFuture<?> checkTask;
    private ScheduledFuture<?> keepAliveTask;
    private ScheduledFuture<?> markTask;

    /**
     * Does not connect yet. In a Cluster, {@link #start} waits for the slot map. It waits for nothing else.
     *
     * @param limits limits of the histories; other nodes may have others
     * @param node name of this node, which Redis shows; need not be unique
     * @param threads makes the threads that live until {@link #close}
     * @param timer runs short tasks
     * @param nanoClock as {@link System#nanoTime}
     * @param metrics counts gaps, reconnects and unknown envelopes
     * @throws IllegalArgumentException if the trusted certificates cannot be read
     */
    public RedisRelay(
            RedisSettings settings,
            HistoryLimits.Rule limits,
            String node,
            ThreadFactory threads,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            NodeMetrics metrics) {
        this(settings, limits, limits, false, node, threads, timer, nanoClock, metrics);
    }

    /**
     * As the other constructor, for logs that somebody copies.
     *
     * @param kept limits of the logs until they are copied; not less than {@code limits}
     * @param isRestored whether a room that Redis does not have may go on with a numbering that somebody else knows: then
     *     {@link #admit} has to be called before {@link #start}. Not in a Cluster
     */
    RedisRelay(
            RedisSettings settings,
            HistoryLimits.Rule limits,
            HistoryLimits.Rule kept,
            boolean isRestored,
            String node,
            ThreadFactory threads,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            NodeMetrics metrics) {
        this.kept = kept;
        this.settings = settings;
        this.limits = limits;
        this.node = node;
        this.threads = threads;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.sharded = settings.servers() instanceof RedisSettings.Cluster;
        this.lifeKey = sharded ? "" : settings.prefix() + ":{!}:life";
        this.scripts = new Scripts(sharded, isRestored ? this::passText : null);
        this.subscriptions = new Subscriptions("Redis", metrics, nanoClock);
        this.roomChannels = new RedisChannels(subscriptions, this::keys);
        Scripts probing = Scripts.forProbes(sharded);
        this.probes = new Probes(probing, nanoClock);
        this.presenceScripts = new PresenceScripts(sharded);
        RecordScripts recordScripts = new RecordScripts(scripts);
        List<Script> loaded = Stream.of(
                        scripts.all(),
                        probing.all(),
                        DataLineage.SCRIPTS,
                        RedisLives.SCRIPTS,
                        presenceScripts.all(),
                        recordScripts.all())
                .flatMap(List::stream)
                .toList();
        NodeChannels channels = new NodeChannels(settings.prefix(), settings.database(), node, sharded);
        this.exchange = new RedisExchange(channels, timer);
        DataLineage.Registry lineages =
                new DataLineage.Registry(node, channels, scripts, roomChannels::forEachSeen, this::keys);
        this.shards = new ShardFactory(
                        settings,
                        channels,
                        new Connector(settings, node),
                        loaded,
                        roomChannels,
                        lineages,
                        probes,
                        exchange,
                        metrics,
                        nanoClock)
                .shards();
        this.logs = new RedisLogs(
                shards, scripts, settings.prefix(), this::keys, this::keptKeys, subscriptions, lifeKey, absentRooms);
        this.records = new RedisRecords(shards, recordScripts, logs, this::keys);
    }

    /** The lives of the nodes in the data of Redis; null in a Cluster. */
    LiveBroker lives() {
        return sharded ? null : new RedisLives(shards, scripts, lifeKey, this::keptKeys);
    }

    /** Sets who is told of publishes, and asked for rooms that Redis does not have. */
    void admit(Admission admission) {
        absentRooms.start(admission);
    }

    private byte[] passText() {
        Admission.Pass pass = absentRooms.admission().pass();
        return (pass.number() + "\n" + pass.life() + "\n" + lifeKey).getBytes(UTF_8);
    }

    @Override
    public void start(RelayListener listener) {
        exchange.start(shards);
        roomChannels.start(shards);
        RedisRoomLog log = new RedisRoomLog(shards, scripts, this::keys, absentRooms);
        subscriptions.start(roomChannels, new GapRepair(log, timer, subscriptions::fail), listener);
        shards.start(threads);
        checkTask =
                timer.scheduleWithFixedDelay(this::checkTimeouts, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
        keepAliveTask = timer.scheduleWithFixedDelay(
                this::keepAlive, KEEP_ALIVE_MILLIS, KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS);
        markTask = timer.scheduleWithFixedDelay(this::writeMarks, MARK_MILLIS, MARK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void writeMarks() {
        shards.all().forEach(Shard::writeMark);
    }

    private void keepAlive() {
        for (Shard shard : shards.all()) {
            String channel = shard.nodeChannel();
            var unused = shard.publish(
                    RoomKeys.slotOf(channel),
                    Envelope.publishCommand(sharded, channel.getBytes(UTF_8), Envelope.keepAlive()));
        }
    }

    private void checkTimeouts() {
        shards.all().forEach(Shard::checkTimeouts);
        subscriptions.checkCursors();
        probes.checkTimeouts();
    }

    @Override
    public CompletionStage<Prefix> publishAll(RoomName room, List<Entry> entries) {
        Admission admission = absentRooms.admission();
        return admission == null
                ? send(room, entries)
                : absentRooms.publish(room, () -> sendAdmitted(admission, room, entries));
    }

    private CompletionStage<Prefix> sendAdmitted(Admission admission, RoomName room, List<Entry> entries) {
        if (!admission.sending(room)) {
            return CompletableFuture.failedFuture(
                    RelayUnavailableException.nothingDone("this node is not known in the archive"));
        }
        CompletableFuture<Prefix> result = new CompletableFuture<>();
        send(room, entries).whenComplete((prefix, failure) -> {
            if (prefix != null && prefix.refusal() == null) {
                admission.stored(room, prefix.positions().get(entries.size() - 1));
                result.complete(prefix);
                return;
            }
            RuntimeException refusal = prefix == null ? null : prefix.refusal();
            Throwable reason = refusal == null ? failure : refusal;
            admission.failed(room, reason instanceof RelayUnavailableException told && told.isNothingDone());
            if (Refusal.of(reason.getMessage()) == Refusal.FENCED) {
                admission.fenced();
            }
            if (prefix != null) {
                result.complete(prefix);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private CompletionStage<Prefix> send(RoomName room, List<Entry> entries) {
        RoomKeys keys = keptKeys(room);
        Shard shard = shards.of(keys.slot());
        DataLineage lineage = shard.lineage();
        RoomPublish messages =
                scripts.publish(keys, subscriptions.position(room), lineage.argument(), lineage.runArgument(), entries);
        return Futures.map(shard.publish(messages), reply -> {
            PublishReply stored = PublishReply.of(reply);
            stored.seen(entries).forEach(seen -> lineage.note(room, seen));
            return new Prefix(stored.positions(), stored.refusal());
        });
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {
        RoomKeys keys = keys(room);
        Shard shard = shards.of(keys.slot());
        if (shard.waitingPublishes() < SIGNAL_QUEUE_LIMIT) {
            var unused = shard.publish(
                    keys.slot(),
                    Envelope.publishCommand(sharded, keys.channel(), Envelope.signal(kind, frame))); // Best effort.
        }
    }

    @Override
    public CompletionStage<Position> subscribe(RoomName room) {
        return subscriptions.subscribe(room);
    }

    @Override
    public CompletionStage<Position> position(RoomName room) {
        return logs.position(room);
    }

    @Override
    public void unsubscribe(RoomName room) {
        subscriptions.unsubscribe(room);
    }

    @Override
    public CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit) {
        return Futures.map(logs.after(room, offset, limit), RedisRelay::historyPage);
    }

    @Override
    public CompletionStage<HistoryPage> historyBefore(RoomName room, long offset, int limit) {
        return Futures.map(logs.before(room, offset, limit), RedisRelay::historyPage);
    }

    private static HistoryPage historyPage(LogPage page) {
        return new HistoryPage(page.epoch(), page.messages(), page.more());
    }

    /** An epoch is not asked for: an offset and a time prove a message. */
    @Override
    public CompletionStage<Void> replace(RoomName room, String epoch, List<StoredMessage> messages) {
        return records.replace(room, messages);
    }

    /** The logs of this relay, for those who copy them. */
    LogSource logs() {
        return logs;
    }

    /** The logs of this relay, for those who take messages away or have them erased. */
    RelayRecords records() {
        return records;
    }

    @Override
    public CompletionStage<Void> probe() {
        return probes.send(shards.all());
    }

    /** A presence store that uses this relay's connections. It must be closed before this relay. */
    public PresenceStore presence() {
        return presence(LEASE_TIME);
    }

    /** The exchange between the nodes of this relay. It ends with this relay. */
    public NodeExchange exchange() {
        return exchange;
    }

    PresenceStore presence(Duration leaseTime) {
        return new LeasedPresence(presenceCommands(leaseTime), subscriptions, timer, nanoClock);
    }

    PresenceCommands presenceCommands(Duration leaseTime) {
        return new PresenceCommands(shards, presenceScripts, this::keys, settings.prefix(), node, leaseTime);
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public void close() {
        if (checkTask != null) {
            checkTask.cancel(false);
            keepAliveTask.cancel(false);
            markTask.cancel(false);
            shards.all().forEach(Shard::announceStop);
        }
        shards.close();
        subscriptions.close();
        probes.close();
        exchange.close();
    }

    /** With the limits that the log has until it is copied. */
    private RoomKeys keptKeys(RoomName room) {
        return RoomKeys.of(room, settings.prefix(), settings.database(), kept.of(room));
    }

    private RoomKeys keys(RoomName room) {
        return RoomKeys.of(room, settings.prefix(), settings.database(), limits.of(room));
    }
}
