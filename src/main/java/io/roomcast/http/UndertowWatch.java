package io.roomcast.http;

import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * The watch on a connection of Undertow. With HTTP/1 it takes the place of the listener with which Undertow reads
 * requests, and which ignores what comes while a request is served. With HTTP/2, Undertow reads all the time, and tells
 * when the connection ends.
 *
 * <p><b>Concurrency.</b> The I/O thread of the connection reads. Undertow ends a response that has a body on this thread,
 * too, and then puts its own listener back. So no byte of the next request is read here: it comes after {@link #end}.
 */
final class UndertowWatch implements ConnectionWatch {
    private static final Logger LOG = System.getLogger(UndertowWatch.class.getName());

    /**
     * The watches that have begun on a connection with HTTP/2, and have not ended, with what each runs. Undertow makes an
     * object for each request, which all have the attachments of the connection. It keeps every listener for the end of the
     * connection, with the request that added it, so that only one is added.
     */
    private static final AttachmentKey<Map<UndertowWatch, Runnable>> WATCHES = AttachmentKey.create(Map.class);

    private final ServerConnection connection;
    /** The same connection; null if other requests share it. */
    private final HttpServerConnection own;

    private volatile boolean hasEnded;

    UndertowWatch(ServerConnection connection) {
        this.connection = connection;
        this.own = connection instanceof HttpServerConnection http ? http : null;
    }

    @Override
    public boolean isGone() {
        return own != null && Thread.currentThread() == own.getIoThread() && hasClosed(own);
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
        Runnable task = own == null ? () -> listenToShared(whenGone) : () -> listen(whenGone);
        try {
            connection.getIoThread().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping and closes all connections", e);
        }
    }

    private void listenToShared(Runnable whenGone) {
        Map<UndertowWatch, Runnable> watches = connection.getAttachment(WATCHES);
        if (watches == null) {
            Map<UndertowWatch, Runnable> all = new ConcurrentHashMap<>();
            connection.putAttachment(WATCHES, all);
            connection.addCloseListener(closed -> all.values().forEach(Runnable::run));
            watches = all;
        }
        watches.put(this, whenGone);
        if (hasEnded) {
            watches.remove(this);
        }
    }

    private void listen(Runnable whenGone) {
        if (!hasEnded) {
            ChannelListener<ConduitStreamSourceChannel> listener = input -> onReadable(whenGone);
            own.getChannel().getSourceChannel().setReadListener(listener);
            // Not those of the channel, which has a conduit for the body of the request in front of it.
            own.getOriginalSourceConduit().resumeReads();
        }
    }

    private void onReadable(Runnable whenGone) {
        if (hasEnded) {
            // The next request has arrived early. Undertow reads again when it has ended this one.
            own.getOriginalSourceConduit().suspendReads();
        } else if (hasClosed(own)) {
            hasEnded = true;
            own.getOriginalSourceConduit().suspendReads();
            IoUtils.safeClose(own);
            whenGone.run();
        }
    }

    @Override
    public void end() {
        hasEnded = true;
        Map<UndertowWatch, Runnable> watches = own == null ? connection.getAttachment(WATCHES) : null;
        if (watches != null) {
            watches.remove(this);
        }
    }

    /**
     * As if the client had gone. Otherwise Undertow would keep the connection until its own limit for idle ones. A
     * connection that other requests share stays.
     */
    @Override
    public void cut() {
        boolean wasOver = hasEnded;
        hasEnded = true;
        if (own == null || wasOver) {
            return; // The connection has other requests, or may have the next one.
        }
        try {
            own.getIoThread().execute(() -> {
                own.getOriginalSourceConduit().suspendReads();
                IoUtils.safeClose(own);
            });
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping and closes all connections", e);
        }
    }

    /**
     * Closes the connection, and then completes. Undertow waits for the rest of the body on one of its threads for requests:
     * as long as a client likes that sends a byte now and then.
     */
    @Override
    public void abandonBody(Runnable complete) {
        if (own == null) {
            complete.run(); // The connection has other requests. Each wait for its next bytes is short.
            return;
        }
        try {
            own.getIoThread()
                    .executeAfter(
                            () -> {
                                IoUtils.safeClose(own);
                                complete.run();
                            },
                            UndertowRequest.UNREAD_BODY_MILLIS,
                            TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            complete.run();
        }
    }

    /** On the I/O thread, where Undertow ends such a stream. It may wait for the client at the end of another one. */
    @Override
    public void complete(boolean hasListener, Runnable task) {
        if (!hasListener || Thread.currentThread() == connection.getIoThread()) {
            task.run();
            return;
        }
        try {
            connection.getIoThread().execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }
}
