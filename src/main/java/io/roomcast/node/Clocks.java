package io.roomcast.node;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The clocks of a node. Nothing else asks the system for the time, so tests can let it pass by hand.
 *
 * @param wall the time of day, for what others read: messages, tokens, probes
 * @param nanos for durations; nobody can set it
 */
public record Clocks(InstantSource wall, LongSupplier nanos) {
    public static Clocks system() {
        return new Clocks(InstantSource.system(), System::nanoTime);
    }
}
