package io.roomcast.redis;

import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayProvider;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/** {@code roomcast.relay=redis}. */
public final class RedisRelayProvider implements RelayProvider {
    private final RedisRelay relay;

    /** As {@link RedisRelay#RedisRelay}. */
    public RedisRelayProvider(
            RedisSettings settings,
            HistoryLimits limits,
            String node,
            ThreadFactory threads,
            ScheduledExecutorService timer) {
        relay = new RedisRelay(settings, limits, node, threads, timer);
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public Relay relay() {
        return relay;
    }

    @Override
    public PresenceStore presence() {
        return relay.presence();
    }

    /** What the relay counts. */
    public RedisFigures figures() {
        return relay.figures();
    }
}
