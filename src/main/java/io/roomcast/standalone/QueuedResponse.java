package io.roomcast.standalone;

import io.roomcast.http.LongResponse;
import java.util.concurrent.CompletableFuture;
import org.glassfish.grizzly.Connection;

/**
 * The response on a connection of the embedded server, which queues what the network does not take at once. Any thread.
 *
 * @param dispatched complete when the servlet has returned
 */
record QueuedResponse(
        Connection<?> connection, HttpConnection http, ConnectionLimiter limiter, CompletableFuture<Void> dispatched)
        implements LongResponse {

    @Override
    public void whenDispatched(Runnable task) {
        var unused = dispatched.thenRun(task);
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
    public void whenSent(Runnable task) {
        ConnectionAddOn.afterOutputIsSent(connection, task);
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
