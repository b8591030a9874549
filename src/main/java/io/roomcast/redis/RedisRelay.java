package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.metrics.RelayMetrics;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.args.Rawable;

/**
 * The relay of many nodes, over Redis. A publish is one script: it gives the offset, appends to the room's log and tells every node, in
 * one step. What a node hears out of turn, or may have missed while it was not connected, it reads from the log: members notice nothing.
 *
 * <p><b>What Redis has to do.</b> Keep what it was told: {@code maxmemory-policy noeviction}, and an append-only file if messages are to
 * survive its restart. Should it forget messages all the same (a failover to a replica that was behind), the room gets a new epoch, and
 * listeners are told. While slots of a Cluster are being moved, publishes to their rooms may fail; they can be tried again.
 *
 * <p><b>Threads.</b> For each server that takes writes: one that publishes, one that reads, one that listens. Stages complete on the first
 * two, and listeners are called by the last two: whoever does more than hand over delays everyone else's messages.
 */
public final class RedisRelay implements Relay {
    private static final long WATCH_MILLIS = 500;
    /** What keeps a silent subscription alive: see {@link Subscriber}. */
    private static final long WORD_MILLIS = 2_000;
    /** What a failover may lose is found out to this precision. */
    private static final long BEAT_MILLIS = 1_000;
    /** From here on signals are dropped, to leave room for messages. */
    private static final int CROWD = 5_000;

    private static final Duration LEASE_TIME = Duration.ofSeconds(10);

    private final RedisSettings settings;
    private final String node;
    private final ThreadFactory threads;
    private final ScheduledExecutorService timer;
    private final Scripts scripts;
    private final PresenceScripts presenceScripts;
    private final boolean sharded;
    private final Subscriptions subscriptions;
    private final Probes probes;
    private final Shards shards;
    private ScheduledFuture<?> watch;
    private ScheduledFuture<?> keepAlive;
    private ScheduledFuture<?> beats;

    /**
     * Connects nothing yet. {@link #start} waits for nothing either, except for the map of a Cluster.
     *
     * @param node name of this node, for those who look into Redis; need not be unique
     * @param threads makes the threads that live until {@link #close}
     * @param timer runs short tasks now and then
     * @param metrics that gaps and reconnects are counted in
     * @throws IllegalArgumentException when the trusted certificates cannot be read
     */
    public RedisRelay(
            RedisSettings settings,
            HistoryLimits limits,
            String node,
            ThreadFactory threads,
            ScheduledExecutorService timer,
            RelayMetrics metrics) {
        this.settings = settings;
        this.node = node;
        this.threads = threads;
        this.timer = timer;
        this.sharded = settings.servers() instanceof RedisSettings.Cluster;
        this.scripts = new Scripts(limits, sharded);
        this.subscriptions = new Subscriptions(this::keys, metrics);
        Scripts probing = Scripts.ofProbes(sharded);
        this.probes = new Probes(probing);
        this.presenceScripts = new PresenceScripts(sharded);
        List<Script> loaded = Stream.of(scripts.all(), probing.all(), Witness.SCRIPTS, presenceScripts.all())
                .flatMap(List::stream)
                .toList();
        NodeChannels channels = new NodeChannels(settings.prefix(), settings.database(), node, sharded);
        Witnesses witnesses = new Witnesses(node, channels, scripts, subscriptions::forEach, this::keys);
        this.shards = new Topology(
                        settings,
                        channels,
                        new Connector(settings, node),
                        loaded,
                        subscriptions,
                        witnesses,
                        probes,
                        metrics)
                .shards();
    }

    @Override
    public void start(RelayListener listener) {
        subscriptions.start(shards, new GapRepair(shards, scripts, timer, subscriptions::refuse), listener);
        shards.start(threads);
        watch = timer.scheduleWithFixedDelay(this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        keepAlive = timer.scheduleWithFixedDelay(this::keepAlive, WORD_MILLIS, WORD_MILLIS, TimeUnit.MILLISECONDS);
        beats = timer.scheduleWithFixedDelay(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void beat() {
        shards.all().forEach(Shard::beat);
    }

    private void keepAlive() {
        for (Shard shard : shards.all()) {
            String channel = shard.nodeChannel();
            var unused = shard.publish(RoomKeys.slotOf(channel), tell(channel.getBytes(UTF_8), Envelope.word()));
        }
    }

    private CommandArguments tell(byte[] channel, byte[] envelope) {
        return new CommandArguments(sharded ? Protocol.Command.SPUBLISH : Protocol.Command.PUBLISH)
                .add(channel)
                .add(envelope);
    }

    private void watch() {
        shards.all().forEach(Shard::watch);
        subscriptions.watch();
        probes.watch();
    }

    @Override
    public CompletionStage<Position> publish(RoomName room, String key, byte[] body) {
        RoomKeys keys = keys(room);
        Shard shard = shards.of(keys.slot());
        Witness witness = shard.witness();
        CommandArguments command = scripts.publish(keys, subscriptions.known(room), witness.lineage(), key, body);
        return Replies.map(shard.publish(keys.slot(), command), reply -> {
            Stored stored = Stored.of(reply);
            witness.note(room, stored.seen(body));
            return stored.position();
        });
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {
        RoomKeys keys = keys(room);
        Shard shard = shards.of(keys.slot());
        if (shard.waiting() < CROWD) {
            var unused = shard.publish(keys.slot(), tell(keys.channel(), Envelope.signal(kind, frame))); // Best effort.
        }
    }

    @Override
    public CompletionStage<Position> subscribe(RoomName room) {
        return subscriptions.subscribe(room);
    }

    @Override
    public CompletionStage<Position> position(RoomName room) {
        RoomKeys keys = keys(room);
        Shard shard = shards.of(keys.slot());
        Witness witness = shard.witness();
        CommandArguments read =
                scripts.readBefore(keys, subscriptions.known(room), witness.lineage(), 0, 0, PAGE_BYTES);
        return Replies.map(shard.read(keys.slot(), read, true), reply -> {
            Reading reading = Reading.of(reply);
            return new Position(reading.epoch(), reading.offset());
        });
    }

    @Override
    public void unsubscribe(RoomName room) {
        subscriptions.unsubscribe(room);
    }

    @Override
    public CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit) {
        RoomKeys keys = keys(room);
        return page(
                room,
                keys,
                scripts.readAfter(keys, subscriptions.known(room), lineage(keys), offset, limit, PAGE_BYTES));
    }

    @Override
    public CompletionStage<HistoryPage> historyBefore(RoomName room, long offset, int limit) {
        RoomKeys keys = keys(room);
        return page(
                room,
                keys,
                scripts.readBefore(keys, subscriptions.known(room), lineage(keys), offset, limit, PAGE_BYTES));
    }

    private CompletionStage<HistoryPage> page(RoomName room, RoomKeys keys, CommandArguments read) {
        Shard shard = shards.of(keys.slot());
        return Replies.map(shard.read(keys.slot(), read, true), reply -> {
            Reading reading = Reading.of(reply);
            shard.witness().note(room, reading.seen());
            return new HistoryPage(reading.epoch(), reading.messages(), reading.more());
        });
    }

    private Rawable lineage(RoomKeys keys) {
        return shards.of(keys.slot()).witness().lineage();
    }

    @Override
    public CompletionStage<Void> probe() {
        return probes.send(shards.all());
    }

    /** A store of presence that shares this relay's connections, and is closed before it. */
    public PresenceStore presence() {
        return presence(LEASE_TIME);
    }

    PresenceStore presence(Duration leaseTime) {
        PresenceCommands commands =
                new PresenceCommands(shards, presenceScripts, this::keys, settings.prefix(), node, leaseTime);
        return new RedisPresence(commands, subscriptions, timer);
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.cancel(false);
            keepAlive.cancel(false);
            beats.cancel(false);
            shards.all().forEach(Shard::sayEnd);
        }
        shards.close();
        subscriptions.close();
        probes.close();
    }

    private RoomKeys keys(RoomName room) {
        return RoomKeys.of(room, settings.prefix(), settings.database());
    }
}
