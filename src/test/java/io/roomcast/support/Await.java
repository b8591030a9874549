package io.roomcast.support;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Polls a condition until it is true. For what no latch or callback can tell. */
public final class Await {
    private static final long PAUSE_MILLIS = 20;

    private static final long USUAL_SECONDS = 30;

    private Await() {}

    public static void until(String what, BooleanSupplier condition) {
        until(what, USUAL_SECONDS, condition);
    }

    /** @param what names the condition in the error */
    public static void until(String what, long seconds, BooleanSupplier condition) {
        until(() -> what, seconds, condition);
    }

    /** @param what is called only when the time is over: it can describe the state at that moment */
    public static void until(Supplier<String> what, long seconds, BooleanSupplier condition) {
        if (!comesTrue(seconds, condition)) {
            throw new AssertionError("not within " + seconds + " s: " + what.get());
        }
    }

    /** Whether the condition becomes true in time. */
    public static boolean comesTrue(long seconds, BooleanSupplier condition) {
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
