package io.roomcast.standalone;

import io.roomcast.http.LongResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * The response on a connection of the embedded server, which queues what the network does not take at once.
 *
 * <p><b>Concurrency.</b> Any thread. Grizzly uses the objects of a request again for other requests, as soon as the
 * request is over. So the first end of a request wins, and happens in the connection's sequence of tasks, when no thread
 * reads a part of the body. Later tasks of the request do nothing. If the connection has ended before, Grizzly has
 * cancelled the request, never uses its objects again, and nothing is to be done.
 */
final class QueuedResponse implements LongResponse {
    private static final Logger LOG = System.getLogger(QueuedResponse.class.getName());

    /**
     * Linux doubles it, and takes more when a third is free. It would grow to megabytes by itself, and a reader of 100 KB
     * in a second would seem to read nothing for 10 s.
     */
    private static final int SEND_BUFFER_BYTES = 128 << 10;

    private final FilterChainContext context;
    private final Connection<?> connection;
    private final HttpConnection http;
    private final ConnectionLimiter limiter;
    private final ErrorResponder responder;
    /** Complete when the servlet has returned. */
    private final CompletableFuture<Void> dispatched = new CompletableFuture<>();

    private final AtomicBoolean isOver = new AtomicBoolean();

    /** @param context of the head of the request */
    QueuedResponse(
            FilterChainContext context, HttpConnection http, ConnectionLimiter limiter, ErrorResponder responder) {
        this.context = context;
        this.connection = context.getConnection();
        this.http = http;
        this.limiter = limiter;
        this.responder = responder;
    }

    /** Whether the end of the request has begun, so that nothing may touch it. */
    boolean isOver() {
        return isOver.get();
    }

    void servletHasReturned() {
        dispatched.complete(null);
    }

    @Override
    public CompletableFuture<Void> dispatched() {
        return dispatched;
    }

    @Override
    public void complete() {
        end(this::resume);
    }

    @Override
    public void abandon() {
        end(() -> responder.discardInput(connection, http));
    }

    private void end(Runnable task) {
        if (isOver.compareAndSet(false, true)) {
            // Behind the head, if the servlet has not returned yet, and behind a part of the body that is being read.
            http.tasks.execute(Runnable::run, task);
        }
    }

    private void resume() {
        // Grizzly puts the response there for the rest of the chain. It is not known when the servlet gets the request.
        if (!(context.getMessage() instanceof Response response)) {
            return;
        }
        try {
            if (response.getSuspendContext() instanceof Response.SuspendedContextImpl suspended
                    && suspended.markResumed()) {
                context.resume();
            }
        } catch (IllegalStateException e) {
            LOG.log(Level.DEBUG, "the request is not asynchronous", e);
        }
    }

    @Override
    public void becomeSession() {
        limiter.becomeSession(http);
    }

    @Override
    public void endSession() {
        limiter.endSession(http);
    }

    @Override
    public void sendInSmallSteps() {
        try {
            ((SocketChannel) ((NIOConnection) connection).getChannel())
                    .setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the client is gone", e);
        }
    }

    @Override
    public void allowToRead(int bytes) {
        http.newBytes.addAndGet(bytes);
    }

    @Override
    public void cut() {
        http.socket.cut();
    }

    @Override
    public void whenSent(Runnable task) {
        ConnectionAddOn.afterOutputIsSent(connection, () -> {
            http.tookOutput = true;
            task.run();
        });
    }

    @Override
    public void whenClosed(Runnable task) {
        // One task at a time, since a connection may have any number of responses.
        http.whenClosed = task;
        if (!connection.isOpen()) {
            task.run();
        }
    }
}
