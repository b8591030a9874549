package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Something that can only be asked, not waited for. */
final class Figure {
    private static final long PAUSE_MILLIS = 5;

    private Figure() {}

    /** Asks until the figure is the expected one. */
    static void await(long expected, LongSupplier figure) {
        await(expected, Client.PATIENCE_SECONDS, figure);
    }

    static void await(long expected, long seconds, LongSupplier figure) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (figure.getAsLong() != expected && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
        }
        assertEquals(expected, figure.getAsLong());
    }
}
