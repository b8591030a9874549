package io.roomcast.nats.connection;

import io.roomcast.relay.RelayUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Counts the calls that wait for NATS. Bounds their number, and lets the end of the node wait for them. Any thread may
 * call. Only {@link #close} blocks.
 */
public final class WaitingCalls {
    private final AtomicInteger count = new AtomicInteger();
    private final int most;
    private final LongSupplier nanoClock;
    private volatile boolean closed;

    /**
     * @param most most calls that wait
     * @param nanoClock as {@link System#nanoTime}
     */
    public WaitingCalls(int most, LongSupplier nanoClock) {
        this.most = most;
        this.nanoClock = nanoClock;
    }

    /**
     * Makes calls, unless too many wait or the node is stopping.
     *
     * @param calls as how many it counts
     * @param action returns when the calls have been queued; they have ended when the stage completes
     */
    public <T> CompletionStage<T> make(int calls, Supplier<CompletionStage<T>> action) {
        if (count.addAndGet(calls) > most || closed) {
            end(calls);
            return CompletableFuture.failedFuture(
                    new RelayUnavailableException(closed ? "the node is stopping" : "too many calls wait for NATS"));
        }
        CompletionStage<T> made;
        try {
            made = action.get();
        } catch (RuntimeException e) {
            end(calls);
            throw e;
        }
        return made.whenComplete((value, failure) -> end(calls));
    }

    private void end(int calls) {
        if (count.addAndGet(-calls) == 0 && closed) {
            wake();
        }
    }

    private synchronized void wake() {
        notifyAll();
    }

    /**
     * Takes no more calls, and waits for those that were made.
     *
     * @param deadlineNanos time by the clock until which it waits at most
     */
    public synchronized void close(long deadlineNanos) {
        closed = true;
        try {
            while (count.get() > 0) {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - nanoClock.getAsLong());
                if (millis <= 0) {
                    return;
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
