package io.roomcast.replica;

import io.roomcast.relay.RelayUnavailableException;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The records of this node that it has not met yet. Any thread may call.
 *
 * <p><b>Concurrency.</b> Whoever removes a call completes it. The monitor is for {@link #close} alone, which waits.
 */
final class PendingCalls {
    /** Most records under way; further ones are refused, since the broker does not keep up. */
    private static final int MAX_PENDING = 50_000;

    private record Pending(Replica.Call call, long sinceNanos) {}

    private final ConcurrentHashMap<Long, Pending> calls = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final LongSupplier nanoClock;
    private final long timeoutNanos;
    private volatile boolean closed;

    /**
     * @param nanoClock as {@link System#nanoTime}
     * @param timeoutMillis after which a call fails
     */
    PendingCalls(LongSupplier nanoClock, long timeoutMillis) {
        this.nanoClock = nanoClock;
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    /** @return false if the call has failed already */
    boolean add(long number, Replica.Call call) {
        if (count.get() >= MAX_PENDING) {
            call.failed(new RelayUnavailableException("too many calls wait"));
            return false;
        }
        count.incrementAndGet();
        calls.put(number, new Pending(call, nanoClock.getAsLong()));
        if (closed) {
            fail(number, stopping()); // Nobody else would, if it came after the last look of close().
            return false;
        }
        return true;
    }

    private static RelayUnavailableException stopping() {
        return new RelayUnavailableException("the node is stopping");
    }

    void applied(long number, Partition partition, Object result) {
        Pending found = take(number);
        if (found != null) {
            found.call().applied(partition, result);
        }
    }

    void fail(long number, Throwable why) {
        Pending found = take(number);
        if (found != null) {
            found.call().failed(why);
        }
    }

    private Pending take(long number) {
        Pending found = calls.remove(number);
        if (found != null && count.decrementAndGet() == 0 && closed) {
            synchronized (this) {
                notifyAll();
            }
        }
        return found;
    }

    /** Fails the calls that take too long. To be called regularly. */
    void checkTimeouts() {
        long now = nanoClock.getAsLong();
        calls.forEach((number, call) -> {
            if (now - call.sinceNanos() > timeoutNanos) {
                fail(number, new RelayUnavailableException("the log did not answer in time"));
            }
        });
    }

    void failAll(Throwable why) {
        for (Iterator<Long> all = calls.keySet().iterator(); all.hasNext(); ) {
            fail(all.next(), why);
        }
    }

    /** Takes no more calls. Waits until those that were taken have ended, until the deadline at most. */
    void close(long deadlineNanos) {
        closed = true;
        try {
            synchronized (this) {
                long left = deadlineNanos - nanoClock.getAsLong();
                while (count.get() > 0 && left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                    left = deadlineNanos - nanoClock.getAsLong();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        failAll(stopping());
    }
}
