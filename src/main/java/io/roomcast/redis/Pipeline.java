package io.roomcast.redis;

import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Commands to one Redis server, over one connection. While a batch of commands is on its way the next one gathers: so load makes
 * batches larger, a lone command goes at once, and a batch costs one round trip.
 *
 * <p><b>Concurrency.</b> Any thread hands over work and returns at once; {@code waiting} and {@code waitingBytes} bound what may wait. One
 * thread takes it in order, owns the connection, and completes the replies: what depends on them must not block. Only {@link #watch}
 * touches the connection from elsewhere.
 *
 * <p><b>Failure.</b> When the connection breaks, what was on its way fails, and so does all that waits: nothing is sent late that its
 * caller has given up. The next command connects again.
 */
final class Pipeline {
    private static final Logger LOG = System.getLogger(Pipeline.class.getName());
    private static final int BATCH_COMMANDS = 512;
    private static final long BATCH_BYTES = 1 << 20;
    private static final int MAX_WAITING = 20_000;
    private static final long MAX_WAITING_BYTES = 32 << 20;
    private static final long CLOSE_MILLIS = 3_000;

    /** Where a pipeline connects to, and who wants to know how it fares. Called on the pipeline's thread. */
    interface Server {
        /** @throws JedisException when there is none that could be reached */
        Link connect();

        /** A batch was answered. */
        default void answered(long nanos) {}

        /** A batch or a connection failed. */
        default void failed(long nanos, JedisException failure) {}

        /** Commands were refused, because another server of the Cluster is in charge. */
        default void moved() {}

        /** The server has become a replica: no connection to it is any good. */
        default void demoted() {}

        /** The server stands still: what it says later, it may say of data that others have left. Any thread. */
        default void overdue() {}
    }

    private final String name;
    private final Server server;
    private final RoundTrips trips;
    private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile boolean closed;
    private Thread thread;

    /** @param overdueNanos after which a batch has failed */
    Pipeline(String name, Server server, List<Script> scripts, long overdueNanos) {
        this.name = name;
        this.server = server;
        this.trips = new RoundTrips(server, scripts, overdueNanos);
    }

    synchronized void start(ThreadFactory threads) {
        thread = threads.newThread(this::run);
        thread.setName("roomcast-redis-" + name);
        thread.start();
    }

    /** @return false when too much waits already, or the pipeline is closed */
    boolean offer(Work work) {
        if (waiting.get() >= MAX_WAITING || waitingBytes.get() >= MAX_WAITING_BYTES) {
            return false;
        }
        return submit(work);
    }

    /** As {@link #offer}, for what must not be refused and is bounded by itself. */
    boolean submit(Work work) {
        waiting.incrementAndGet();
        waitingBytes.addAndGet(work.bytes());
        // Under the lock of close(), so that nothing is appended behind the last thing that is done.
        synchronized (queue) {
            if (!closed) {
                queue.add(work);
                return true;
            }
        }
        forget(work);
        return false;
    }

    int waiting() {
        return waiting.get();
    }

    /** Finishes what was handed over, within three seconds; then ends the thread. */
    void close() {
        synchronized (queue) {
            if (closed) {
                return;
            }
            closed = true;
            queue.add(new Work.Task(() -> {})); // Wakes the thread.
        }
        if (!ended(CLOSE_MILLIS)) {
            trips.cut();
            ended(CLOSE_MILLIS);
        }
    }

    private synchronized boolean ended(long millis) {
        try {
            if (thread != null) {
                thread.join(millis);
            }
            return thread == null || !thread.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Cuts the connection, so that it is made anew. Any thread. */
    void cut() {
        trips.cut();
    }

    /** To be called now and then, by any thread. */
    void watch() {
        trips.watch();
    }

    private void run() {
        List<Work.Command> batch = new ArrayList<>();
        try {
            while (!(closed && queue.isEmpty())) {
                gather(queue.take(), batch);
                if (!batch.isEmpty()) {
                    exchange(batch);
                }
                batch.clear();
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "interrupted");
        } finally {
            closed = true;
            batch.forEach(command -> fail(command, "the node is stopping"));
            failWaiting("the node is stopping");
            trips.cut();
        }
    }

    private void gather(Work first, List<Work.Command> batch) {
        long bytes = 0;
        Work work = first;
        while (work != null) {
            forget(work);
            bytes += work.bytes();
            if (work instanceof Work.Command command) {
                batch.add(command);
            } else if (work instanceof Work.Task task) {
                run(task);
            }
            work = batch.size() < BATCH_COMMANDS && bytes < BATCH_BYTES ? queue.poll() : null;
        }
    }

    private static void run(Work.Task task) {
        try {
            task.action().run();
        } catch (JedisException e) {
            LOG.log(Level.DEBUG, "another connection failed: {0}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a task failed", e);
        }
    }

    private void forget(Work work) {
        waiting.decrementAndGet();
        waitingBytes.addAndGet(-work.bytes());
    }

    private void exchange(List<Work.Command> batch) {
        long began = System.nanoTime();
        try {
            trips.make(batch);
            server.answered(System.nanoTime() - began);
        } catch (JedisException e) {
            fail(batch, e, System.nanoTime() - began);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the pipeline " + name + " met an error", e);
            trips.cut();
            fail(batch, new JedisException(e), System.nanoTime() - began);
        }
    }

    private void fail(List<Work.Command> batch, JedisException failure, long nanos) {
        LOG.log(Level.DEBUG, "{0}: {1}", name, failure.getMessage());
        server.failed(nanos, failure);
        RelayUnavailableException told = unavailable(failure);
        batch.forEach(command -> command.reply().completeExceptionally(told));
        failWaiting(told.getMessage());
    }

    private void failWaiting(String why) {
        List<Work> late = new ArrayList<>();
        queue.drainTo(late);
        for (Work work : late) {
            forget(work);
            if (work instanceof Work.Command command) {
                fail(command, why);
            } else if (work instanceof Work.Task task && !closed) {
                run(task);
            }
        }
    }

    private static void fail(Work.Command command, String why) {
        command.reply().completeExceptionally(new RelayUnavailableException(why));
    }

    static RelayUnavailableException unavailable(JedisException failure) {
        return new RelayUnavailableException("Redis: " + failure.getMessage());
    }
}
