package io.roomcast.local;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.relay.RelayProvider;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** {@code roomcast.relay=local}. */
@ApplicationScoped
public class LocalRelayProvider implements RelayProvider {
    /** Strangers may publish to any number of rooms: what all keep together is bounded, too. */
    private static final int SHARE_OF_HEAP = 4;

    private RoomcastConfig config;

    /** For the container's proxy. */
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
    public Opened open(Context context) {
        return new Opened(
                new LocalRelay(context.history(), most(), steadyClock(context.nanoClock()), context.timer()),
                new LocalPresence());
    }

    /** Measures ages only: a wall clock that is set makes no message older. */
    private static InstantSource steadyClock(LongSupplier nanoClock) {
        long origin = nanoClock.getAsLong();
        return () -> Instant.EPOCH.plusNanos(nanoClock.getAsLong() - origin);
    }

    private long most() {
        long configured = config.get(Keys.HISTORY_NODE_BYTES);
        return configured > 0 ? configured : Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
    }
}
