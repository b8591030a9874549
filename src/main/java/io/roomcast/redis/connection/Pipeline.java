package io.roomcast.redis.connection;

import io.roomcast.redis.connection.PipelineCommand.Answered;
import io.roomcast.redis.connection.PipelineCommand.Task;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Sends commands to one Redis server over one connection. While batches are on their way, new commands wait for the next
 * batch. So batches grow with the load, and a single command is sent at once. No command waits for a timer. Publishes in
 * a batch share calls of their script: see {@link Sending}.
 *
 * <p><b>Concurrency.</b> Any thread submits commands and returns at once. {@code waiting} and {@code waitingBytes}
 * bound the queue. The pipeline's thread takes the commands in order, owns the connection, and completes the replies.
 * Actions that depend on a reply run on this thread, so that they must not block. Only {@link #checkTimeout} and
 * {@link #cut} touch the connection from other threads.
 *
 * <p><b>Failure.</b> When the connection breaks, the batches on their way fail, and so do the waiting commands. A command
 * that has failed is never sent later. The next command connects again.
 */
public final class Pipeline {
    private static final Logger LOG = System.getLogger(Pipeline.class.getName());
    private static final int BATCH_COMMANDS = 512;
    private static final long BATCH_BYTES = 1 << 20;
    private static final int MAX_WAITING = 20_000;
    private static final long MAX_WAITING_BYTES = 32 << 20;
    private static final long CLOSE_MILLIS = 3_000;

    /** After so many timeouts in a row, the server counts as hanging. A single timeout may be a moment of high load. */
    private static final int MAX_TIMEOUTS = 2;

    /**
     * Connects a pipeline to its server, and receives what the pipeline finds out about the server. Called on the
     * pipeline's thread, except {@link #hung}.
     */
    public interface Server {
        /** Makes a connection. May block. Throws a {@link JedisException} if no server can be reached. */
        RedisConnection connect();

        /** Reports that a batch was answered, after so many nanoseconds. */
        default void answered(long nanos) {}

        /** Reports that a batch or a connection attempt failed, after so many nanoseconds. */
        default void failed(long nanos, JedisException failure) {}

        /** Reports that commands were refused, because another server of the Cluster has their hash slot. */
        default void moved() {}

        /** Reports that the server has become a replica, so that every connection to it is useless. */
        default void demoted() {}

        /**
         * Reports that the server hangs. What the server publishes later may belong to data that other nodes have
         * abandoned. Called on any thread.
         */
        default void hung() {}
    }

    private final String name;
    private final Server server;
    private final RoundTrips roundTrips;
    private final LongSupplier nanoClock;
    private final long overdueNanos;
    private final LinkedBlockingQueue<PipelineCommand> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile boolean closed;
    /** Null if there is no connection. It may be broken. */
    private volatile RedisConnection connection;
    /** When the oldest batch on its way was started, in nanoseconds; 0 if there is none. */
    private volatile long batchStartedAt;

    /** How many batches have timed out since the last one that succeeded. Only used by the pipeline's thread. */
    private int timeouts;

    private Thread thread;

    /**
     * @param nanoClock as {@link System#nanoTime}
     * @param overdueNanos time after which the connection of a batch without a reply is cut
     */
    public Pipeline(String name, Server server, List<Script> scripts, LongSupplier nanoClock, long overdueNanos) {
        this.name = name;
        this.server = server;
        this.roundTrips = new RoundTrips(server, scripts);
        this.nanoClock = nanoClock;
        this.overdueNanos = overdueNanos;
    }

    public synchronized void start(ThreadFactory threads) {
        thread = threads.newThread(this::runCommands);
        thread.setName("roomcast-redis-" + name);
        thread.start();
    }

    /** @return false if too many commands wait or the pipeline is closed, so that the command was not submitted */
    public boolean offer(PipelineCommand command) {
        if (waiting.get() >= MAX_WAITING || waitingBytes.get() >= MAX_WAITING_BYTES) {
            return false;
        }
        return submit(command);
    }

    /** As {@link #offer}, but without a bound, for commands whose number the caller bounds. */
    public boolean submit(PipelineCommand command) {
        waiting.incrementAndGet();
        waitingBytes.addAndGet(command.bytes());
        // Under the lock of close(), so that no command is appended after the thread has run the last one.
        synchronized (queue) {
            if (!closed) {
                queue.add(command);
                return true;
            }
        }
        uncount(command);
        return false;
    }

    /** Number of commands and tasks in the queue. Any thread. */
    public int waitingCommands() {
        return waiting.get();
    }

    /** Runs the commands that were submitted, for three seconds at most, and then ends the thread. */
    public void close() {
        synchronized (queue) {
            if (closed) {
                return;
            }
            closed = true;
            queue.add(new Task(() -> {})); // Wakes the thread.
        }
        if (!hasEndedWithin(CLOSE_MILLIS)) {
            cut();
            hasEndedWithin(CLOSE_MILLIS);
        }
    }

    private synchronized boolean hasEndedWithin(long millis) {
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

    /** Cuts the connection, so that the next command makes a new one. Any thread. */
    public void cut() {
        RedisConnection open = connection;
        if (open != null) {
            open.cut();
        }
    }

    /**
     * Cuts the connection if a batch is overdue, since a write to a server that has stopped reading would block for
     * ever. To be called regularly, by any thread.
     */
    public void checkTimeout() {
        long startedAt = batchStartedAt;
        RedisConnection open = connection;
        if (open != null && !open.isCut() && startedAt != 0 && nanoClock.getAsLong() - startedAt > overdueNanos) {
            open.cut();
            server.hung();
        }
    }

    private void runCommands() {
        List<Answered> batch = new ArrayList<>();
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
            roundTrips.fail(new RelayUnavailableException("the node is stopping"));
            batch.forEach(request -> fail(request, "the node is stopping"));
            failWaiting("the node is stopping");
            cut();
        }
    }

    /** Takes commands from the queue into the batch. A task is run before them, if it is the first. */
    private void gather(PipelineCommand first, List<Answered> batch) {
        long bytes = 0;
        PipelineCommand command = first;
        while (command != null) {
            uncount(command);
            bytes += command.bytes();
            if (command instanceof Answered request) {
                batch.add(request);
            } else if (command instanceof Task task) {
                run(task);
            }
            boolean isFull = batch.size() >= BATCH_COMMANDS || bytes >= BATCH_BYTES;
            command = isFull || !batch.isEmpty() && queue.peek() instanceof Task ? null : queue.poll();
        }
    }

    private static void run(Task task) {
        try {
            task.action().run();
        } catch (JedisException e) {
            LOG.log(Level.DEBUG, "another connection failed: {0}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a task failed", e);
        }
    }

    private void uncount(PipelineCommand command) {
        waiting.decrementAndGet();
        waitingBytes.addAndGet(-command.bytes());
    }

    private void exchange(List<Answered> batch) {
        long startedAt = now();
        long answeredAt = startedAt;
        batchStartedAt = startedAt;
        try {
            if (connection == null) {
                connection = server.connect();
                roundTrips.loadScripts(connection);
            }
            roundTrips.send(connection, batch, startedAt);
            while (!roundTrips.isEmpty()) {
                sendNext();
                // Redis has not begun with a batch while it works on the one before.
                startedAt = Math.max(roundTrips.startedAt() - answeredAt, 0) + answeredAt;
                batchStartedAt = startedAt;
                roundTrips.receive(connection);
                timeouts = 0;
                answeredAt = now();
                server.answered(answeredAt - startedAt);
            }
        } catch (JedisException e) {
            if (e.getCause() instanceof SocketTimeoutException && ++timeouts == MAX_TIMEOUTS) {
                server.hung();
            }
            disconnect(batch, e, startedAt);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the pipeline " + name + " met an error", e);
            disconnect(batch, new JedisException(e), startedAt);
        } finally {
            batchStartedAt = 0;
        }
    }

    /**
     * Sends what waits already, while Redis works on the batch before, if it is a whole batch. What is less waits for the
     * replies, since a larger batch costs Redis less. A task waits, too: it may block.
     */
    private void sendNext() {
        if (roundTrips.takesMore() && waiting.get() >= BATCH_COMMANDS && queue.peek() instanceof Answered) {
            List<Answered> next = new ArrayList<>();
            gather(queue.remove(), next);
            roundTrips.send(connection, next, now());
        }
    }

    private long now() {
        long now = nanoClock.getAsLong();
        return now == 0 ? 1 : now;
    }

    private void disconnect(List<Answered> batch, JedisException failure, long startedAt) {
        cut();
        connection = null;
        fail(batch, failure, nanoClock.getAsLong() - startedAt);
    }

    private void fail(List<Answered> batch, JedisException failure, long nanos) {
        LOG.log(Level.DEBUG, "{0}: {1}", name, failure.getMessage());
        server.failed(nanos, failure);
        RelayUnavailableException reported = RoundTrips.unavailable(failure);
        roundTrips.fail(reported);
        // What the round trips had is completed already. The rest was not sent.
        batch.forEach(request -> fail(request, reported.getMessage()));
        failWaiting(reported.getMessage());
    }

    private void failWaiting(String why) {
        List<PipelineCommand> late = new ArrayList<>();
        queue.drainTo(late);
        for (PipelineCommand command : late) {
            uncount(command);
            if (command instanceof Answered request) {
                fail(request, why);
            } else if (command instanceof Task task && !closed) {
                run(task);
            }
        }
    }

    /** Fails a request that was not sent. */
    private static void fail(Answered request, String why) {
        request.reply().completeExceptionally(RelayUnavailableException.nothingDone(why));
    }
}
