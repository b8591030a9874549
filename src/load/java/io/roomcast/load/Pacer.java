package io.roomcast.load;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * A thread that sends each message when it is due, and not at the next tick of a timer: what a message waits for a tick
 * would count as latency of the node. After a delay it sends at once what was due meanwhile.
 */
final class Pacer implements AutoCloseable {
    private final double rate;
    private final LongConsumer send;
    private final Thread thread = new Thread(this::run, "load-pacer");
    /** Null while nothing is sent. */
    private volatile Schedule schedule;

    private volatile boolean closed;

    /**
     * @param rate messages a second; 0 for none
     * @param send gets the time at which the message was due, in this process's nanoseconds
     */
    Pacer(double rate, LongConsumer send) {
        this.rate = rate;
        this.send = send;
        thread.setDaemon(true);
        thread.start();
    }

    /** Begins now, or stops. */
    void send(boolean on) {
        schedule = on && rate > 0 ? new Schedule(rate, System.nanoTime()) : null;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            Schedule now = schedule;
            if (now == null) {
                LockSupport.park(this);
                continue;
            }
            long early = now.next() - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(this, early);
            } else {
                send.accept(now.take());
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
