package io.roomcast.node;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The clocks of a node. No other class of the node reads the system time, so tests can advance the time by hand. The
 * launcher, the embedded server and the token buckets of rate limits are exceptions.
 *
 * @param wall the time of day, for times that others read: in messages, tokens and probes
 * @param nanos for durations, as {@link System#nanoTime}
 */
public record Clocks(InstantSource wall, LongSupplier nanos) {
    public static Clocks system() {
        return new Clocks(InstantSource.system(), System::nanoTime);
    }
}
