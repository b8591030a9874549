package io.roomcast.container;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** So many requests at a time; who waits takes turns in the order of arrival. Any thread of the server, which waits here. */
final class ConcurrencyLimiter {
    /** What a server does of a request while it is being filtered. */
    @FunctionalInterface
    interface Work {
        void go() throws IOException, ServletException;
    }

    private final Semaphore free;
    private final int mostWaiting;
    private final Duration patience;

    /**
     * @param mostWaiting for their turn; who comes then has none
     * @param patience for how long each waits
     */
    ConcurrencyLimiter(int atOnce, int mostWaiting, Duration patience) {
        this.free = new Semaphore(atOnce, true);
        this.mostWaiting = mostWaiting;
        this.patience = patience;
    }

    /** @return false when its turn did not come, and nothing was done */
    boolean take(Work work) throws IOException, ServletException {
        if (!comes()) {
            return false;
        }
        try {
            work.go();
            return true;
        } finally {
            free.release();
        }
    }

    private boolean comes() {
        try {
            // Unlike tryAcquire() without a time, it passes over nobody who waits.
            return free.tryAcquire(0, TimeUnit.MILLISECONDS)
                    || free.getQueueLength() < mostWaiting
                            && free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
