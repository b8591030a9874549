package io.roomcast.local;

import io.roomcast.relay.PresenceContractTest;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.ToldPresence;

class LocalPresenceTest extends PresenceContractTest {
    private final LocalPresence presence = new LocalPresence();
    private final ToldPresence told = new ToldPresence();

    LocalPresenceTest() {
        presence.start(told, NAMES);
    }

    @Override
    protected PresenceStore presence() {
        return presence;
    }

    @Override
    protected ToldPresence told() {
        return told;
    }
}
