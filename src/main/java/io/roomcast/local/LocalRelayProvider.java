package io.roomcast.local;

import io.roomcast.archive.Retention;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.Warnings;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveProvider;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayProvider;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Makes the relay for {@code roomcast.relay=local}. */
@ApplicationScoped
public class LocalRelayProvider implements RelayProvider {
    /** Bytes of messages that wait to be stored: the heap divided by this number. */
    private static final int QUEUE_FRACTION = 32;

    private RoomcastConfig config;
    private ArchiveProvider archive;
    private Clocks clocks;
    private Warnings warnings;
    /** Null if nothing is kept longer than in memory. */
    private RoomSettings settings;

    /** For the CDI proxy. */
    protected LocalRelayProvider() {}

    /** For messages that are in memory only. */
    public LocalRelayProvider(RoomcastConfig config) {
        this(config, Optional::empty, Clocks.system(), new Warnings(Clocks.system()), null);
    }

    @Inject
    public LocalRelayProvider(
            RoomcastConfig config, ArchiveProvider archive, Clocks clocks, Warnings warnings, RoomSettings settings) {
        this.settings = settings;
        this.config = config;
        this.archive = archive;
        this.clocks = clocks;
        this.warnings = warnings;
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public RelayAndPresence open(Context context) {
        InstantSource clock = steadyClock(context.nanoClock());
        Optional<Archive> opened = archive.archive();
        Relay relay = opened.<Relay>map(present -> durable(present, context, clock))
                .orElseGet(() -> new LocalRelay(context.history(), maxBytes(), clock, context.timer()));
        return new RelayAndPresence(
                relay, new LocalPresence(micros(clocks)), NodeExchange.alone(), opened, Optional.empty());
    }

    private static long micros(Clocks clocks) {
        return TimeUnit.MILLISECONDS.toMicros(clocks.wall().millis());
    }

    private Relay durable(Archive present, Context context, InstantSource clock) {
        // Nothing is shown from memory that the archive must not keep.
        HistoryLimits.Rule limits = room -> context.history().of(room).notLongerThan(settings.retention(room));
        LocalRelay memory = new LocalRelay(limits, maxBytes(), clock, context.timer(), present::salt);
        Retention retention = new Retention(present, settings::retention, clocks, context.metrics(), warnings);
        if (settings.hasRetention()) {
            retention.start(context.loopThreads());
        }
        return new DurableRelay(
                memory,
                present,
                limits,
                clocks,
                context.metrics(),
                context.loopThreads(),
                warnings,
                Runtime.getRuntime().maxMemory() / QUEUE_FRACTION,
                retention);
    }

    /** A clock for ages only. It begins at 1970, and does not change when the wall clock is set. */
    private static InstantSource steadyClock(LongSupplier nanoClock) {
        long origin = nanoClock.getAsLong();
        return () -> Instant.EPOCH.plusNanos(nanoClock.getAsLong() - origin);
    }

    private long maxBytes() {
        return HistoryBudget.maxBytes(config.get(Keys.HISTORY_NODE_BYTES));
    }
}
