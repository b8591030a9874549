package io.roomcast.local;

import io.roomcast.relay.PresenceContractTest;
import io.roomcast.relay.PresenceStore;
import io.roomcast.support.RecordedPresence;

class LocalPresenceTest extends PresenceContractTest {
    private final LocalPresence presence = new LocalPresence();
    private final RecordedPresence told = new RecordedPresence();

    LocalPresenceTest() {
        presence.start(told, NAMES);
    }

    @Override
    protected PresenceStore presence() {
        return presence;
    }

    @Override
    protected RecordedPresence told() {
        return told;
    }
}
