package io.roomcast.nats.connection;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time by the clock of the NATS server, as messages show when they were stored. All nodes measure ages and number
 * revisions by it, so that their own clocks need not agree. Any thread.
 */
public final class ServerClock {
    private final LongSupplier nanoClock;
    /** What to add to the nanosecond clock, in microseconds. */
    private volatile long offsetMicros;

    /** @param nanoClock as {@link System#nanoTime} */
    public ServerClock(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Takes the time at which a message was stored just now. */
    public void set(long serverMillis) {
        offsetMicros = TimeUnit.MILLISECONDS.toMicros(serverMillis) - nanos();
    }

    private long nanos() {
        return TimeUnit.NANOSECONDS.toMicros(nanoClock.getAsLong());
    }

    /** Microseconds since 1970 UTC. */
    public long micros() {
        return nanos() + offsetMicros;
    }

    /** Milliseconds since 1970 UTC. */
    public long millis() {
        return TimeUnit.MICROSECONDS.toMillis(micros());
    }
}
