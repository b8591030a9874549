package io.roomcast.load;

import java.util.concurrent.TimeUnit;

/** Waits for the last messages, when no more are published. What still arrives is late, not lost. */
final class Settling {
    /** The time begins anew with each delivery and each answer. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private Settling() {}

    /** Until all is there and answered and everybody is back, or nothing comes any more. */
    static void await(Fleet fleet, Tally tally, Progress progress) throws InterruptedException {
        fleet.publish(false);
        long began = System.nanoTime();
        long last = began;
        long arrived = tally.arrived();
        progress.waitFor(200);
        while ((fleet.missing() > 0 || fleet.unanswered() > 0 || fleet.away() > 0)
                && System.nanoTime() - last < SILENCE_NANOS
                && System.nanoTime() - began < LONGEST_NANOS) {
            progress.waitFor(50);
            if (tally.arrived() != arrived) {
                arrived = tally.arrived();
                last = System.nanoTime();
            }
        }
    }
}
