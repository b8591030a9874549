package io.roomcast.redis;

import io.roomcast.archiver.ArchivedRelay;
import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.RedisKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveProvider;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayProvider;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.Optional;

/** Makes the relay for {@code roomcast.relay=redis}. */
@ApplicationScoped
public class RedisRelayProvider implements RelayProvider {
    private RoomcastConfig config;
    private ArchiveProvider archive;
    private Clocks clocks;
    private Warnings warnings;
    /** Null if nothing is kept longer than in Redis. */
    private RoomSettings rooms;

    /** For the CDI proxy. */
    protected RedisRelayProvider() {}

    /** For messages that are in Redis only. */
    public RedisRelayProvider(RoomcastConfig config) {
        this(config, Optional::empty, Clocks.system(), new Warnings(Clocks.system()), null);
    }

    @Inject
    public RedisRelayProvider(
            RoomcastConfig config, ArchiveProvider archive, Clocks clocks, Warnings warnings, RoomSettings rooms) {
        this.config = config;
        this.archive = archive;
        this.clocks = clocks;
        this.warnings = warnings;
        this.rooms = rooms;
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public RelayAndPresence open(Context context) {
        Optional<Archive> present = archive.archive();
        HistoryLimits.Rule limits = present.isEmpty()
                ? context.history()
                : room -> context.history().of(room).notLongerThan(rooms.retention(room));
        RedisRelay relay = new RedisRelay(
                settings(),
                limits,
                present.isEmpty()
                        ? limits
                        : room -> untilCopied(context.history().of(room), room),
                present.isPresent() && config.get(ArchiveKeys.RESTORE),
                context.node(),
                context.loopThreads(),
                context.timer(),
                context.nanoClock(),
                context.metrics());
        return new RelayAndPresence(
                present.<Relay>map(kept -> archived(relay, kept, limits, context))
                        .orElse(relay),
                relay.presence(),
                relay.exchange(),
                present,
                present.map(kept -> relay.records()));
    }

    /** Nothing is shown from Redis that the archive must not keep. */
    private HistoryLimits untilCopied(HistoryLimits history, RoomName room) {
        return history.times(config.get(ArchiveKeys.WINDOW)).notLongerThan(rooms.retention(room));
    }

    private Relay archived(RedisRelay relay, Archive kept, HistoryLimits.Rule limits, Context context) {
        ArchivedRelay archived = new ArchivedRelay(
                relay,
                relay.logs(),
                kept,
                limits,
                relay.lives(),
                config.get(ArchiveKeys.RESTORE),
                rooms::retention,
                rooms.hasRetention(),
                context.node(),
                context.loopThreads(),
                context.timer(),
                clocks,
                context.metrics(),
                warnings);
        relay.admit(archived.admission());
        return archived;
    }

    private RedisSettings settings() {
        RedisSettings settings = RedisSettings.parse(config.get(RedisKeys.URI))
                .withPrefix(config.get(RedisKeys.PREFIX))
                .withTimeout(config.get(RedisKeys.TIMEOUT));
        if (!config.get(RedisKeys.TRUST).isEmpty()) {
            settings = settings.withTrust(Path.of(config.get(RedisKeys.TRUST)));
        }
        if (!config.get(RedisKeys.SENTINEL_NODES).isEmpty()) {
            String password = config.get(RedisKeys.SENTINEL_PASSWORD);
            settings = settings.withSentinels(
                    config.get(RedisKeys.SENTINEL_MASTER),
                    config.get(RedisKeys.SENTINEL_NODES),
                    password.isEmpty() ? null : password);
        }
        if (!config.get(RedisKeys.CLUSTER_NODES).isEmpty()) {
            settings = settings.withCluster(config.get(RedisKeys.CLUSTER_NODES));
        }
        return settings;
    }
}
