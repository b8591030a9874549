package io.roomcast.websocket.undertow;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;

/**
 * Closes the TCP connection of a closed WebSocket after a time. Undertow sends the Close frame, and then waits without
 * limit for that of the client. A client that never closes would keep a file descriptor open for each of its sessions.
 * The TCP connection is closed one second after the network has taken the Close frame, so that the client can read it.
 * If the network does not take it, the TCP connection is closed after five seconds.
 *
 * <p>Started on any thread; then runs on the connection's I/O thread.
 */
final class UndertowCloseTimer {
    private static final Logger LOG = System.getLogger(UndertowCloseTimer.class.getName());
    /** How often to check whether the network has taken the Close frame, at one check a second. */
    private static final int MAX_CHECKS = 5;

    /** The operations of the TCP connection that this class needs. */
    interface Target {
        /** Whether the network has taken all output, including the Close frame. */
        boolean isWritten();

        /** Closes the connection. Unsent output is lost. */
        void cut();
    }

    private final Target target;
    private final XnioExecutor thread;
    private boolean outputWritten;
    private int checksLeft = MAX_CHECKS;

    UndertowCloseTimer(Target target, XnioExecutor thread) {
        this.target = target;
        this.thread = thread;
    }

    /** @param connection Undertow's connection; the Close frame of its WebSocket was handed to Undertow */
    static void start(Object connection) {
        StreamConnection tcp = (StreamConnection) connection;
        new UndertowCloseTimer(new Tcp(tcp), tcp.getIoThread()).schedule();
    }

    void schedule() {
        outputWritten = target.isWritten();
        try {
            var unused = thread.executeAfter(this::check, 1, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping and closes all connections", e);
        }
    }

    private void check() {
        checksLeft--;
        if (outputWritten || checksLeft == 0) {
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
