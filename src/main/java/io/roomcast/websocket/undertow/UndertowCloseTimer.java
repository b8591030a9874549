package io.roomcast.websocket.undertow;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;

/**
 * Closes the TCP connection of a closed WebSocket after a time. Undertow sends the Close frame and waits without limit
 * for the client's, so a client that never closes would keep a file open for each of its sessions. The connection is
 * closed when the client has had a second to read the Close frame. A client that has not received all before it gets
 * some seconds more.
 *
 * <p>Started on any thread; then runs on the connection's I/O thread.
 */
final class UndertowCloseTimer {
    private static final Logger LOG = System.getLogger(UndertowCloseTimer.class.getName());
    /** How many seconds the connection stays open until the network has taken the Close frame. */
    private static final int CHECKS = 5;

    /** The TCP connection, as far as this class needs it. */
    interface Target {
        /** Whether the network has taken all output, with the Close frame. */
        boolean isWritten();

        /** Closes the connection; output that is left is lost. */
        void cut();
    }

    private final Target target;
    private final XnioExecutor thread;
    private boolean written;
    private int checksLeft = CHECKS;

    UndertowCloseTimer(Target target, XnioExecutor thread) {
        this.target = target;
        this.thread = thread;
    }

    /** @param connection of Undertow; the Close frame of its WebSocket was handed to Undertow */
    static void start(Object connection) {
        StreamConnection tcp = (StreamConnection) connection;
        new UndertowCloseTimer(new Tcp(tcp), tcp.getIoThread()).schedule();
    }

    void schedule() {
        written = target.isWritten();
        try {
            var unused = thread.executeAfter(this::check, 1, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping and closes all connections", e);
        }
    }

    private void check() {
        checksLeft--;
        if (written || checksLeft == 0) {
            target.cut();
        } else {
            schedule();
        }
    }

    private record Tcp(StreamConnection connection) implements Target {
        @Override
        public boolean isWritten() {
            return connection.isWriteShutdown();
        }

        @Override
        public void cut() {
            IoUtils.safeClose(connection);
        }
    }
}
