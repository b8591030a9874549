package io.roomcast.local;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.RelayProvider;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** Makes the relay for {@code roomcast.relay=local}. */
@ApplicationScoped
public class LocalRelayProvider implements RelayProvider {
    /**
     * All rooms together hold at most the heap divided by this number, unless another limit is configured. Clients may
     * publish to any number of rooms, so that a limit for each room is not enough.
     */
    private static final int HEAP_FRACTION = 4;

    private RoomcastConfig config;

    /** For the CDI proxy. */
    protected LocalRelayProvider() {}

    @Inject
    public LocalRelayProvider(RoomcastConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public RelayAndPresence open(Context context) {
        return new RelayAndPresence(
                new LocalRelay(context.history(), maxBytes(), steadyClock(context.nanoClock()), context.timer()),
                new LocalPresence(),
                NodeExchange.alone());
    }

    /** A clock for ages only. It begins at 1970, and does not change when the wall clock is set. */
    private static InstantSource steadyClock(LongSupplier nanoClock) {
        long origin = nanoClock.getAsLong();
        return () -> Instant.EPOCH.plusNanos(nanoClock.getAsLong() - origin);
    }

    private long maxBytes() {
        long configured = config.get(Keys.HISTORY_NODE_BYTES);
        return configured > 0 ? configured : Runtime.getRuntime().maxMemory() / HEAP_FRACTION;
    }
}
