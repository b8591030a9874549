package io.roomcast.container;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits how many requests run at the same time. Further requests wait in the order of arrival, on the calling thread
 * of the server. Any thread.
 */
final class ConcurrencyLimiter {
    /** The rest of the work on a request. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException, ServletException;
    }

    private final Semaphore permits;
    private final int maxWaiting;
    private final Duration timeout;

    /**
     * @param maxRunning how many requests run at the same time
     * @param maxWaiting how many requests may wait; a further request is rejected at once
     * @param timeout how long each request waits at most
     */
    ConcurrencyLimiter(int maxRunning, int maxWaiting, Duration timeout) {
        this.permits = new Semaphore(maxRunning, true);
        this.maxWaiting = maxWaiting;
        this.timeout = timeout;
    }

    /**
     * Runs the task on the calling thread, as soon as there is a permit.
     *
     * @return false if there was no permit in time; the task did not run
     */
    boolean tryRun(Task task) throws IOException, ServletException {
        if (!acquire()) {
            return false;
        }
        try {
            task.run();
            return true;
        } finally {
            permits.release();
        }
    }

    private boolean acquire() {
        try {
            // tryAcquire() without a time would overtake threads that wait. This call does not.
            return permits.tryAcquire(0, TimeUnit.MILLISECONDS)
                    || permits.getQueueLength() < maxWaiting
                            && permits.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
