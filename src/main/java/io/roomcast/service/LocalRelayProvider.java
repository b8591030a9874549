package io.roomcast.service;

import io.roomcast.relay.LocalPresence;
import io.roomcast.relay.LocalRelay;
import io.roomcast.relay.RelayProvider;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;

/** {@code roomcast.relay=local}. */
@ApplicationScoped
public class LocalRelayProvider implements RelayProvider {
    /** Strangers may publish to any number of rooms: what all keep together is bounded, too. */
    private static final int SHARE_OF_HEAP = 4;

    @Override
    public String name() {
        return "local";
    }

    @Override
    public Opened open(Context context) {
        return new Opened(
                new LocalRelay(
                        context.history(),
                        Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP,
                        InstantSource.system(),
                        context.timer()),
                new LocalPresence());
    }
}
