package io.roomcast.redis.connection;

import io.roomcast.redis.connection.PipelineCommand.Request;
import io.roomcast.redis.connection.PipelineCommand.Task;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Sends commands to one Redis server over one connection. While one batch is on its way, the next one gathers: so load
 * makes batches larger, a single command is sent at once, and a batch costs one round trip.
 *
 * <p><b>Concurrency.</b> Any thread submits commands and returns at once; {@code waiting} and {@code waitingBytes}
 * bound the queue. One thread takes the commands in order, owns the connection, and completes the replies: stages that
 * depend on them must not block. Only {@link #watch} and {@link #cut} touch the connection from other threads.
 *
 * <p><b>Failure.</b> When the connection breaks, the batch on its way fails, and so do the waiting commands: no command
 * is sent after its caller was told that it failed. The next command connects again.
 */
public final class Pipeline {
    private static final Logger LOG = System.getLogger(Pipeline.class.getName());
    private static final int BATCH_COMMANDS = 512;
    private static final long BATCH_BYTES = 1 << 20;
    private static final int MAX_WAITING = 20_000;
    private static final long MAX_WAITING_BYTES = 32 << 20;
    private static final long CLOSE_MILLIS = 3_000;

    /** Most times that a batch is sent when Redis has forgotten its scripts. */
    private static final int MAX_TRIES = 4;

    /** The server hangs when so many batches in a row timed out. A single timeout may be a moment of high load. */
    private static final int MAX_TIMEOUTS = 2;

    private static final String REPLICA = "READONLY";
    /**
     * Errors of a server that cannot serve now: it is a replica, still reads its file, or is cut off from its Cluster.
     */
    private static final List<String> UNFIT = List.of(REPLICA, "LOADING", "MASTERDOWN", "CLUSTERDOWN");

    /** The server of a pipeline, which is told of results. Called on the pipeline's thread, except {@link #hung}. */
    public interface Server {
        /** @throws JedisException if no server can be reached */
        RedisConnection connect();

        /** A batch was answered. */
        default void answered(long nanos) {}

        /** A batch or a connection failed. */
        default void failed(long nanos, JedisException failure) {}

        /** Commands were refused, because another server of the Cluster is in charge. */
        default void moved() {}

        /** The server has become a replica, so that every connection to it is useless. */
        default void demoted() {}

        /**
         * The server hangs. What it publishes later may belong to data that others have abandoned. Called on any
         * thread.
         */
        default void hung() {}
    }

    private final String name;
    private final Server server;
    private final List<Script> scripts;
    private final LongSupplier nanoClock;
    private final long overdueNanos;
    private final LinkedBlockingQueue<PipelineCommand> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile boolean closed;
    private volatile RedisConnection connection;
    /** When the batch on its way began, in nanoseconds; 0 if there is none. */
    private volatile long batchBegan;

    /** How many batches in a row have timed out. Used by the pipeline's thread. */
    private int timeouts;

    private Thread thread;

    /**
     * @param nanoClock as {@link System#nanoTime}
     * @param overdueNanos after which a batch has failed
     */
    public Pipeline(String name, Server server, List<Script> scripts, LongSupplier nanoClock, long overdueNanos) {
        this.name = name;
        this.server = server;
        this.scripts = scripts;
        this.nanoClock = nanoClock;
        this.overdueNanos = overdueNanos;
    }

    public synchronized void start(ThreadFactory threads) {
        thread = threads.newThread(this::run);
        thread.setName("roomcast-redis-" + name);
        thread.start();
    }

    /** @return false if too much is waiting, or the pipeline is closed */
    public boolean offer(PipelineCommand command) {
        if (waiting.get() >= MAX_WAITING || waitingBytes.get() >= MAX_WAITING_BYTES) {
            return false;
        }
        return submit(command);
    }

    /** As {@link #offer}, for commands that must not be refused and that the caller bounds. */
    public boolean submit(PipelineCommand command) {
        waiting.incrementAndGet();
        waitingBytes.addAndGet(command.bytes());
        // Under the lock of close(), so that nothing is appended after the last command that is run.
        synchronized (queue) {
            if (!closed) {
                queue.add(command);
                return true;
            }
        }
        uncount(command);
        return false;
    }

    public int waiting() {
        return waiting.get();
    }

    /** Runs what was submitted, for three seconds at most; then ends the thread. */
    public void close() {
        synchronized (queue) {
            if (closed) {
                return;
            }
            closed = true;
            queue.add(new Task(() -> {})); // Wakes the thread.
        }
        if (!ended(CLOSE_MILLIS)) {
            cut();
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

    /** Cuts the connection, so that the next command makes a new one. Any thread. */
    public void cut() {
        RedisConnection open = connection;
        if (open != null) {
            open.cut();
        }
    }

    /**
     * Cuts a connection whose batch is overdue: a write to a server that has stopped reading would block for ever. To
     * be called regularly, by any thread.
     */
    public void watch() {
        long began = batchBegan;
        RedisConnection open = connection;
        if (open != null && !open.isCut() && began != 0 && nanoClock.getAsLong() - began > overdueNanos) {
            open.cut();
            server.hung();
        }
    }

    private void run() {
        List<Request> batch = new ArrayList<>();
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
            batch.forEach(request -> fail(request, "the node is stopping"));
            failWaiting("the node is stopping");
            cut();
        }
    }

    private void gather(PipelineCommand first, List<Request> batch) {
        long bytes = 0;
        PipelineCommand command = first;
        while (command != null) {
            uncount(command);
            bytes += command.bytes();
            if (command instanceof Request request) {
                batch.add(request);
            } else if (command instanceof Task task) {
                run(task);
            }
            command = batch.size() < BATCH_COMMANDS && bytes < BATCH_BYTES ? queue.poll() : null;
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

    private void exchange(List<Request> batch) {
        long now = nanoClock.getAsLong();
        long began = now == 0 ? 1 : now;
        batchBegan = began;
        try {
            send(batch);
            timeouts = 0;
            server.answered(nanoClock.getAsLong() - began);
        } catch (JedisException e) {
            cut();
            connection = null;
            if (e.getCause() instanceof SocketTimeoutException && ++timeouts == MAX_TIMEOUTS) {
                server.hung();
            }
            fail(batch, e, nanoClock.getAsLong() - began);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the pipeline " + name + " met an error", e);
            cut();
            connection = null;
            fail(batch, new JedisException(e), nanoClock.getAsLong() - began);
        } finally {
            batchBegan = 0;
        }
    }

    /**
     * Completes the replies.
     *
     * @throws JedisException if the connection failed: some replies may not be completed, and nobody knows whether
     *     Redis carried their commands out
     */
    private void send(List<Request> batch) {
        if (connection == null) {
            connection = server.connect();
            loadScripts();
        }
        List<Request> left = batch;
        for (int tries = 1; !left.isEmpty(); tries++) {
            if (tries > 1) {
                loadScripts();
            }
            left = roundTrip(left, tries < MAX_TRIES);
        }
    }

    /** So that no script is missing in the middle of a batch, where a later command would overtake its call. */
    private void loadScripts() {
        for (Script script : scripts) {
            connection.write(script.load());
        }
        connection.flush();
        for (int i = 0; i < scripts.size(); i++) {
            connection.read();
        }
    }

    /**
     * Completes the replies of commands that were carried out or refused.
     *
     * @return the calls to send again, because Redis had forgotten their script. A call is refused if a later command
     *     of its slot was carried out, since another node loaded the script meanwhile: it would be carried out in the
     *     wrong order.
     */
    private List<Request> roundTrip(List<Request> batch, boolean mayRepeat) {
        for (Request request : batch) {
            connection.write(request.arguments());
        }
        connection.flush();
        List<Request> forgotten = new ArrayList<>();
        BitSet overtaken = new BitSet();
        boolean moved = false;
        JedisDataException unfit = null;
        for (Request request : batch) {
            try {
                Object answer = connection.read();
                if (connection.isCut()) {
                    throw new JedisConnectionException("the connection was cut");
                }
                if (!forgotten.isEmpty()) {
                    overtaken.set(request.slot());
                }
                request.reply().complete(answer);
            } catch (JedisNoScriptException e) {
                if (mayRepeat) {
                    forgotten.add(request);
                } else {
                    request.reply().completeExceptionally(unavailable(e));
                }
            } catch (JedisMovedDataException e) {
                moved = true;
                request.reply().completeExceptionally(unavailable(e));
            } catch (JedisDataException e) {
                unfit = isServerUnfit(e) ? e : unfit;
                request.reply().completeExceptionally(unavailable(e));
            }
        }
        if (moved) {
            server.moved();
        }
        if (unfit != null) {
            if (unfit.getMessage().startsWith(REPLICA)) {
                server.demoted();
            }
            throw unfit; // The rest fails, and the next batch asks for the server again.
        }
        List<Request> again = new ArrayList<>(forgotten.size());
        for (Request request : forgotten) {
            if (overtaken.get(request.slot())) {
                fail(request, "Redis had forgotten its scripts");
            } else {
                again.add(request);
            }
        }
        return again;
    }

    private static boolean isServerUnfit(JedisDataException error) {
        String text = String.valueOf(error.getMessage());
        return UNFIT.stream().anyMatch(text::startsWith);
    }

    private void fail(List<Request> batch, JedisException failure, long nanos) {
        LOG.log(Level.DEBUG, "{0}: {1}", name, failure.getMessage());
        server.failed(nanos, failure);
        RelayUnavailableException told = unavailable(failure);
        batch.forEach(request -> request.reply().completeExceptionally(told));
        failWaiting(told.getMessage());
    }

    private void failWaiting(String why) {
        List<PipelineCommand> late = new ArrayList<>();
        queue.drainTo(late);
        for (PipelineCommand command : late) {
            uncount(command);
            if (command instanceof Request request) {
                fail(request, why);
            } else if (command instanceof Task task && !closed) {
                run(task);
            }
        }
    }

    private static void fail(Request request, String why) {
        request.reply().completeExceptionally(new RelayUnavailableException(why));
    }

    private static RelayUnavailableException unavailable(JedisException failure) {
        return new RelayUnavailableException("Redis: " + failure.getMessage());
    }
}
