package io.roomcast.http;

import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * The watch on an HTTP/1 connection of Undertow. It takes the place of the listener with which Undertow reads requests,
 * and which ignores what comes while a request is served.
 *
 * <p><b>Concurrency.</b> The I/O thread of the connection reads. Undertow ends a response that has a body on this thread,
 * too, and then puts its own listener back. So no byte of the next request is read here: it comes after {@link #end}.
 */
final class UndertowWatch implements ConnectionWatch {
    private static final Logger LOG = System.getLogger(UndertowWatch.class.getName());

    private final HttpServerConnection connection;
    private volatile boolean hasEnded;

    UndertowWatch(HttpServerConnection connection) {
        this.connection = connection;
    }

    @Override
    public boolean isGone() {
        return Thread.currentThread() == connection.getIoThread() && hasClosed(connection);
    }

    /**
     * Whether the client has closed its side of the connection, or sends more. Only the thread that serves the request
     * may call this method. A byte that it reads is lost.
     */
    static boolean hasClosed(HttpServerConnection connection) {
        try {
            return connection.getOriginalSourceConduit().read(ByteBuffer.allocate(1)) != 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void begin(Runnable whenGone) {
        try {
            connection.getIoThread().execute(() -> listen(whenGone));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping and closes all connections", e);
        }
    }

    private void listen(Runnable whenGone) {
        if (!hasEnded) {
            ChannelListener<ConduitStreamSourceChannel> listener = input -> onReadable(whenGone);
            connection.getChannel().getSourceChannel().setReadListener(listener);
            // Not those of the channel, which has a conduit for the body of the request in front of it.
            connection.getOriginalSourceConduit().resumeReads();
        }
    }

    private void onReadable(Runnable whenGone) {
        if (hasEnded) {
            // The next request has arrived early. Undertow reads again when it has ended this one.
            connection.getOriginalSourceConduit().suspendReads();
        } else if (hasClosed(connection)) {
            hasEnded = true;
            connection.getOriginalSourceConduit().suspendReads();
            IoUtils.safeClose(connection);
            whenGone.run();
        }
    }

    @Override
    public void end() {
        hasEnded = true;
    }
}
