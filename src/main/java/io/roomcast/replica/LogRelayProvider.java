package io.roomcast.replica;

import io.roomcast.config.ConfigException;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.local.HistoryBudget;
import io.roomcast.relay.RelayProvider;
import java.time.Duration;
import java.util.List;

/**
 * Makes a relay over a log. The WAR does not have the clients of these brokers. So no signature and no field of a provider
 * has a type of them: it can be loaded where they are missing.
 */
public abstract class LogRelayProvider implements RelayProvider {
    /** A record that was not confirmed may be met all the same, for so many timeouts. */
    private static final int TIMEOUTS = 3;

    private RoomcastConfig config;

    /** For the CDI proxy. */
    protected LogRelayProvider() {}

    protected LogRelayProvider(RoomcastConfig config) {
        this.config = config;
    }

    protected RoomcastConfig config() {
        return config;
    }

    /**
     * The client of the broker.
     *
     * @param className a class of it that needs, when it is initialized, the libraries that the client needs
     * @param jars where it is, for people
     */
    public record Client(String className, String jars) {}

    protected abstract Client client();

    protected abstract AppendLog log(Context context);

    /** How long the broker may take for an answer. */
    protected abstract Duration timeout();

    @Override
    public RelayAndPresence open(Context context) {
        requireClient(getClass().getClassLoader());
        ReplicatedRelay relay = new ReplicatedRelay(
                log(context),
                new ReplicatedRelay.Limits(
                        context.history(),
                        HistoryBudget.maxBytes(config.get(Keys.HISTORY_NODE_BYTES)),
                        ReplicatedRelay.Limits.LEASE,
                        timeout().multipliedBy(TIMEOUTS)),
                context.node(),
                context.timer(),
                context.nanoClock(),
                context.metrics());
        return new RelayAndPresence(relay, relay.presence(), relay.exchange());
    }

    /** @throws ConfigException if the loader does not find the client */
    private void requireClient(ClassLoader loader) {
        try {
            Class.forName(client().className(), true, loader); // It needs libraries that a server may not show to it.
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ConfigException(List.of("roomcast.relay=" + name() + " needs " + client().jars()
                    + ", which the WAR does not have: see docs/relays.md (" + e + ")"));
        }
    }
}
