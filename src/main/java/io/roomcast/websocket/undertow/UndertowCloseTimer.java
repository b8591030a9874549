package io.roomcast.websocket.undertow;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;

/**
 * The end of a TCP connection whose WebSocket is closed. Undertow sends the Close frame and its end of the stream, and waits for the client's for as long as that likes:
 * a client that never closes would keep a file open here for each session that it has had. So the connection is closed when the client has had a second to read the Close
 * frame; one that has not taken what was sent before is waited for some seconds longer.
 *
 * <p>Runs on the connection's I/O thread, but for its beginning.
 */
final class UndertowCloseTimer {
    private static final Logger LOG = System.getLogger(UndertowCloseTimer.class.getName());
    /** How often a client that reads slowly is waited for, a second each, until the network has taken its Close frame. */
    private static final int CHECKS = 5;

    /** What of a connection matters here. */
    interface Target {
        /** Whether the network has taken all, the Close frame as the last. */
        boolean isWritten();

        /** Whatever is left to be sent. */
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
            LOG.log(Level.DEBUG, "the server ends, and closes what is left", e);
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
