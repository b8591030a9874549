package io.roomcast.relay;

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
