package io.roomcast.replica;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The thread that reads a log: it connects and reads, and does so again when that has ended, until the node stops.
 *
 * <p><b>Concurrency.</b> Any thread may call. The thread of the loop alone calls the {@link Session}.
 */
public final class ReadingLoop {
    private static final Logger LOG = System.getLogger(ReadingLoop.class.getName());
    private static final long RETRY_MILLIS = 500;
    private static final long CLOSE_MILLIS = 2_000;
    private static final long INTERRUPTED_MILLIS = 1_000;

    /** A connection to a broker, which ends sooner or later. */
    public interface Session {
        /**
         * Connects and reads. Returns when there is nothing more to read, such as after {@link ReadingLoop#close}.
         *
         * @throws ExecutionException whose cause says why the broker cannot be used
         */
        void run() throws ExecutionException, InterruptedException;

        /** Called once, by the same thread, after the last session. */
        default void ended() {}
    }

    private final String broker;
    private final Session session;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean closed;
    private Thread thread;
    /** What was said last; null after a success. */
    private String lastFailure;

    /** @param broker as people call it, with its addresses */
    public ReadingLoop(String broker, Session session) {
        this.broker = broker;
        this.session = session;
    }

    public void start(ThreadFactory threads) {
        thread = threads.newThread(this::run);
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                session.run();
            } catch (InterruptedException e) {
                // The node stops, which the loop sees.
            } catch (ExecutionException e) {
                failed(e.getCause());
            } catch (RuntimeException e) {
                failed(e);
            }
            Thread.interrupted();
            pause(RETRY_MILLIS);
        }
        session.ended();
    }

    /** Says each failure once. */
    private void failed(Throwable failure) {
        String why = why(failure);
        if (!closed && !why.equals(lastFailure)) {
            lastFailure = why;
            LOG.log(Level.WARNING, "{0} cannot be used: {1}", broker, why);
        }
    }

    /** What the failure and its first cause say, or the name of this cause if none says anything. */
    private static String why(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return Stream.of(failure, root)
                .map(Throwable::getMessage)
                .filter(Objects::nonNull)
                .distinct()
                .reduce((first, last) -> first.contains(last) ? first : first + ": " + last)
                .orElse(root.toString());
    }

    /** To be called by a session that works: the next failure is said, whatever it is. */
    public void connected() {
        lastFailure = null;
    }

    /** Waits, until {@link #close} at most. Any thread. */
    public void pause(long millis) {
        try {
            closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * Ends the loop, and waits for its thread.
     *
     * @param wake lets a session that waits return
     */
    public void close(Runnable wake) {
        closed = true;
        closing.countDown();
        wake.run();
        if (thread != null) {
            join(thread);
        }
    }

    /** Waits for the end of a thread that has been asked to end, and interrupts it if that takes long. */
    public static void join(Thread thread) {
        try {
            thread.join(CLOSE_MILLIS);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(INTERRUPTED_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
