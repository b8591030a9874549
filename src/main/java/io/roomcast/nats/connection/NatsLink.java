package io.roomcast.nats.connection;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import io.roomcast.relay.RelayUnavailableException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The connection of a node to NATS. It connects in the background, and again whenever the connection was lost. It can be
 * used after the {@link Events#connected} stage has completed, until it is lost. A request fails if the connection is
 * lost, if the reply does not come in time, or if too many requests are under way. Then it may have been carried out.
 *
 * <p><b>Concurrency.</b> Any thread may call. Only {@link #close} blocks. Replies come on one thread of the connection,
 * messages of subscriptions on another one. The factory of the node makes all threads. {@link #close} ends them.
 */
public final class NatsLink implements AutoCloseable {
    private static final Logger LOG = System.getLogger(NatsLink.class.getName());
    /** Most requests under way. */
    private static final int MAX_REQUESTS = 20_000;

    private static final long RETRY_MILLIS = 1_000;
    private static final long CLOSE_SECONDS = 5;

    /** What happens to the connection. Called on a thread of the connection, one call at a time. No method blocks. */
    public interface Events {
        /** Subscribes what is always needed. Called for each connection that is not an earlier one made again. */
        void opened(NatsLink link);

        /** Prepares the connection, which was made. It is in use when the stage has completed. */
        CompletionStage<Void> connected(NatsLink link);

        /** Reports that the connection is in use. Subscriptions may have missed messages before. */
        void ready();

        /** Reports that the connection is lost, or cannot be made. */
        void lost(String why);
    }

    private final PendingReplies replies;
    private final ThreadFactory threads;
    private final ExecutorService loops;
    private final ExecutorService callbacks;
    private final ScheduledThreadPoolExecutor timer;
    private final Options options;
    private final Events events;
    private volatile Connection connection;
    private volatile Dispatcher dispatcher;
    private volatile boolean ready;
    private volatile boolean closed;
    /** Counts the connections, so that a preparation of an earlier one is ignored. */
    private final AtomicInteger generation = new AtomicInteger();
    /** The problem that was logged last; null if there is none. */
    private volatile String problem;

    private volatile MessageHandler receiver;
    private Thread connecting;

    /**
     * Does not connect yet.
     *
     * @throws IllegalArgumentException if the trusted certificates cannot be read
     */
    public NatsLink(NatsSettings settings, String node, ThreadFactory threads, LongSupplier nanoClock, Events events) {
        this.threads = threads;
        this.loops =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        this.callbacks = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        this.timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.replies = new PendingReplies(MAX_REQUESTS, settings.timeout(), nanoClock);
        this.events = events;
        this.options = ConnectionOptions.of(
                settings,
                node.replaceAll("[^!-~]", "_"),
                loops,
                timer,
                callbacks,
                4 * MAX_REQUESTS,
                this::connectionEvent,
                errors());
    }

    private ErrorListener errors() {
        return new ErrorListener() {
            @Override
            public void errorOccurred(Connection lost, String error) {
                LOG.log(Level.WARNING, "NATS: {0}", error);
            }

            @Override
            public void exceptionOccurred(Connection lost, Exception failure) {
                LOG.log(Level.DEBUG, "NATS", failure);
            }
        };
    }

    /**
     * Begins to connect.
     *
     * @param subscriber takes the messages of the {@link #dispatcher}
     */
    public synchronized void start(MessageHandler subscriber) {
        if (!closed) {
            receiver = subscriber;
            connecting = threads.newThread(this::connect);
            connecting.start();
        }
    }

    private void connect() {
        while (!closed) {
            try {
                closeIfLate(Nats.connect(options)); // Calls connectionEvent.
                return;
            } catch (IOException | RuntimeException e) {
                logProblem("NATS cannot be reached: " + e.getMessage());
                events.lost("NATS cannot be reached");
            } catch (InterruptedException e) {
                return;
            }
            try {
                synchronized (this) {
                    if (!closed) {
                        wait(RETRY_MILLIS);
                    }
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** The node may have stopped while the connection was made. Then nobody else knows of it. */
    private void closeIfLate(Connection made) throws InterruptedException {
        if (closed) {
            made.close();
        }
    }

    private void logProblem(String text) {
        if (!text.equals(problem)) {
            problem = text;
            LOG.log(Level.WARNING, "{0}", text);
        }
    }

    private void connectionEvent(Connection of, ConnectionListener.Events event) {
        switch (event) {
            case CONNECTED -> connected(of);
            case RESUBSCRIBED -> prepare();
            case DISCONNECTED -> lost();
            case CLOSED -> closed(of);
            default -> LOG.log(Level.DEBUG, "NATS: {0}", event);
        }
    }

    private void connected(Connection made) {
        connection = made;
        Dispatcher subscriber = made.createDispatcher(receiver);
        subscriber.setPendingLimits(-1, -1); // Else it drops silently.
        dispatcher = subscriber;
        events.opened(this);
        prepare();
    }

    /** The library closes a connection whose login the server has refused twice. An operator may mend that. */
    private void closed(Connection ended) {
        lost();
        synchronized (this) {
            if (!closed && connection == ended) {
                connection = null;
                dispatcher = null;
                connecting = threads.newThread(this::connect);
                connecting.start();
            }
        }
    }

    private void lost() {
        ready = false;
        generation.incrementAndGet();
        replies.failAll("the connection to NATS was lost");
        if (!closed) {
            logProblem("the connection to NATS is lost");
            events.lost("the connection to NATS is lost");
        }
    }

    /** Prepares the connection again if it is in use, since what it needs may be gone. */
    void prepareAgain() {
        if (ready) {
            prepare();
        }
    }

    /** Prepares the connection again, since what it needs may be gone. Replies fail until that is done. */
    private void prepare() {
        ready = false;
        int prepared = generation.incrementAndGet();
        events.connected(this).whenComplete((done, failure) -> {
            if (prepared != generation.get() || closed) {
                return;
            }
            if (failure == null) {
                ready = true;
                if (problem != null) {
                    problem = null;
                    LOG.log(Level.INFO, "NATS can be used again");
                }
                events.ready();
            } else {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                logProblem("NATS cannot be used: " + cause.getMessage());
                events.lost("NATS cannot be used: " + cause.getMessage());
                retry(prepared);
            }
        });
    }

    private void retry(int prepared) {
        if (!timer.isShutdown()) {
            var unused = timer.schedule(
                    () -> {
                        if (prepared == generation.get() && !closed) {
                            prepare();
                        }
                    },
                    RETRY_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    public boolean isReady() {
        return ready;
    }

    /** Whether the server that this node is connected to is of this version or a later one. */
    public boolean isVersion(String least) {
        Connection current = connection;
        return current != null && current.getServerInfo().isSameOrNewerThanVersion(least);
    }

    /** Whether the server takes a message of this size. True also if there is no connection. */
    boolean hasPlaceFor(Headers headers, byte[] body) {
        return headers.serializedLength() + (long) body.length <= maxPayload();
    }

    /** Most bytes of a message, with its headers. */
    public long maxPayload() {
        Connection current = connection;
        long most = current == null ? 0 : current.getMaxPayload();
        return most <= 0 ? Long.MAX_VALUE : most;
    }

    /** Sends a request. Fails if the connection is not in use. */
    public CompletionStage<Message> request(String subject, Headers headers, byte[] body) {
        if (!ready) {
            return CompletableFuture.failedFuture(
                    new RelayUnavailableException(closed ? "the node is stopping" : "NATS cannot be reached"));
        }
        return send(subject, headers, body);
    }

    /** As {@link #request}, also while the connection is prepared. */
    public CompletionStage<Message> send(String subject, Headers headers, byte[] body) {
        Connection current = connection;
        if (current == null) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("NATS cannot be reached"));
        }
        // Requests that nobody waits for any more may still have to be written.
        boolean isFull = current.outgoingPendingMessageCount() > 2 * MAX_REQUESTS;
        CompletableFuture<Message> reply = isFull ? null : replies.begin();
        if (reply == null) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("too many requests wait for NATS"));
        }
        try {
            CompletableFuture<Message> sent = current.request(subject, headers, body);
            var unusedReply = sent.whenComplete((message, failure) -> {
                if (failure == null) {
                    reply.complete(message);
                } else {
                    reply.completeExceptionally(new RelayUnavailableException("NATS does not answer " + subject));
                }
            });
            var unusedCancel = reply.whenComplete((message, failure) -> {
                if (failure != null) {
                    sent.cancel(false);
                }
            });
        } catch (IllegalStateException | IllegalArgumentException e) {
            reply.completeExceptionally(new RelayUnavailableException("NATS: " + e.getMessage()));
        }
        return reply;
    }

    /** Publishes a message, which may be lost. */
    public void publish(String subject, Headers headers, byte[] body) {
        Connection current = connection;
        if (current == null || !ready || current.outgoingPendingMessageCount() > MAX_REQUESTS) {
            return;
        }
        try {
            current.publish(subject, headers, body);
        } catch (IllegalStateException | IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "NATS took no message", e);
        }
    }

    /** Subscribes a subject until the connection is closed for good. To be called by {@link Events#opened}. */
    public void subscribe(String subject, MessageHandler handler) {
        dispatcher.subscribe(subject, handler);
    }

    /** The dispatcher, to subscribe and unsubscribe; null while there is no connection, nor one that is made again. */
    public Dispatcher dispatcher() {
        return dispatcher;
    }

    /** Fails the requests whose reply takes too long. To be called regularly. */
    public void checkTimeouts() {
        replies.checkTimeouts();
    }

    @Override
    public void close() {
        Thread thread;
        synchronized (this) {
            closed = true;
            ready = false;
            thread = connecting;
            notifyAll();
        }
        try {
            Connection current = connection;
            if (current != null && current.getStatus() == Connection.Status.CONNECTED) {
                current.flush(Duration.ofSeconds(1));
            }
        } catch (java.util.concurrent.TimeoutException | InterruptedException | IllegalStateException e) {
            LOG.log(Level.DEBUG, "the last messages may be lost", e);
        }
        try {
            if (thread != null) {
                thread.interrupt();
                thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            }
            Connection current = connection;
            if (current != null) {
                current.close();
            }
            replies.failAll("the node is stopping");
            for (ExecutorService each : List.of(callbacks, loops, timer)) {
                each.shutdownNow();
                if (!each.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                    LOG.log(Level.WARNING, "a thread of the connection to NATS does not end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
