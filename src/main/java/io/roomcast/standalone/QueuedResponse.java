package io.roomcast.standalone;

import io.roomcast.http.LongResponse;
import org.glassfish.grizzly.CloseReason;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;

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
    public void whenSent(Runnable task) {
        ConnectionAddOn.afterOutputIsSent(connection, task);
    }

    @Override
    public void whenClosed(Runnable task) {
        connection.closeFuture().addCompletionHandler(new EmptyCompletionHandler<>() {
            @Override
            public void completed(CloseReason reason) {
                task.run();
            }
        });
    }
}
