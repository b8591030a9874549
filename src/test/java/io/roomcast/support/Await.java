package io.roomcast.support;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what tells nobody when it comes about, and can only be asked for again and again. */
public final class Await {
    private static final long PAUSE_MILLIS = 20;

    private static final long USUAL_SECONDS = 30;

    private Await() {}

    public static void await(String what, BooleanSupplier condition) {
        await(what, USUAL_SECONDS, condition);
    }

    /** @param what is awaited, for whoever reads that it did not come */
    public static void await(String what, long seconds, BooleanSupplier condition) {
        await(() -> what, seconds, condition);
    }

    /** @param what is asked for only at the end of patience, so that it can say how things are then */
    public static void await(Supplier<String> what, long seconds, BooleanSupplier condition) {
        if (!comes(seconds, condition)) {
            throw new AssertionError("not within " + seconds + " s: " + what.get());
        }
    }

    /** Whether it comes about in time. */
    public static boolean comes(long seconds, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
        }
        return true;
    }
}
