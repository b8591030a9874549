package io.roomcast.standalone;

import io.roomcast.http.LongResponse;
import org.glassfish.grizzly.Connection;

/**
 * The response on a connection of the embedded server, which queues what the network does not take at once. Any thread.
 */
record QueuedResponse(Connection<?> connection, HttpConnection http, ConnectionLimiter limiter)
        implements LongResponse {

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
