package io.roomcast.relay;

/** Makes the relay, and the presence that goes with it, that {@code roomcast.relay} names. */
public interface RelayProvider {

    /** The value of {@code roomcast.relay} that chooses this one. */
    String name();

    /** Connects nothing yet. Called once. */
    Relay relay();

    /** Called once, after {@link #relay}. */
    PresenceStore presence();
}
