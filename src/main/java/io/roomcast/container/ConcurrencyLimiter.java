package io.roomcast.container;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs a bounded number of requests at a time. Others wait in the order of arrival, on the thread of the server that
 * calls. Any thread.
 */
final class ConcurrencyLimiter {
    /** The rest of the work on a request. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException, ServletException;
    }

    private final Semaphore free;
    private final int queueLimit;
    private final Duration timeout;

    /**
     * @param atOnce how many run at a time
     * @param queueLimit how many may wait; the next is rejected at once
     * @param timeout how long each waits at most
     */
    ConcurrencyLimiter(int atOnce, int queueLimit, Duration timeout) {
        this.free = new Semaphore(atOnce, true);
        this.queueLimit = queueLimit;
        this.timeout = timeout;
    }

    /** @return false if there was no permit in time, and the task did not run */
    boolean tryRun(Task task) throws IOException, ServletException {
        if (!acquire()) {
            return false;
        }
        try {
            task.run();
            return true;
        } finally {
            free.release();
        }
    }

    private boolean acquire() {
        try {
            // Unlike tryAcquire() without a time, this does not overtake a thread that waits.
            return free.tryAcquire(0, TimeUnit.MILLISECONDS)
                    || free.getQueueLength() < queueLimit && free.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
