package io.roomcast.service;

import io.roomcast.relay.LocalPresence;
import io.roomcast.relay.LocalRelay;
import io.roomcast.relay.RelayProvider;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;

/** {@code roomcast.relay=local}. */
@ApplicationScoped
public class LocalRelayProvider implements RelayProvider {

    @Override
    public String name() {
        return "local";
    }

    @Override
    public Opened open(Context context) {
        return new Opened(
                new LocalRelay(context.history(), InstantSource.system(), context.timer()), new LocalPresence());
    }
}
