package io.roomcast.relay;

class LocalPresenceTest extends PresenceContractTest {
    private final LocalPresence presence = new LocalPresence();

    @Override
    protected PresenceStore presence() {
        return presence;
    }
}
