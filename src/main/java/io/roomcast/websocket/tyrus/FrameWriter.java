package io.roomcast.websocket.tyrus;

import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.CompletionHandler;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.asyncqueue.WritableMessage;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.ssl.SSLBaseFilter;

/**
 * Writes the frames of a WebSocket connection on Grizzly: whole frames in order, one Close, and nothing after it.
 *
 * <p>One pong at most is in Grizzly's queue, and one waits, the latest (RFC 6455, section 5.5.3). So a client that
 * sends pings and reads nothing makes the node hold a few hundred bytes. The session's queue bounds all other frames.
 *
 * <p><b>Concurrency.</b> Any thread may call anything. {@code gate} counts the threads that are handing a frame to
 * Grizzly; once {@code CLOSING} is added to it no other enters, and the last that leaves writes the Close. The monitor
 * guards the control frames that wait. It is never held while Grizzly is called, because Grizzly may close the
 * connection within the call and notify its listeners.
 */
final class FrameWriter {
    private static final int CLOSING = 1 << 30;
    private static final byte[] PING = {(byte) 0x89, 0};
    private static final byte PONG = (byte) 0x8a;
    /** Replaces the Close frame when it is written. */
    private static final byte[] WRITTEN = {};

    private static final AtomicIntegerFieldUpdater<FrameWriter> GATE =
            AtomicIntegerFieldUpdater.newUpdater(FrameWriter.class, "gate");
    private static final AtomicReferenceFieldUpdater<FrameWriter, byte[]> CLOSE =
            AtomicReferenceFieldUpdater.newUpdater(FrameWriter.class, byte[].class, "close");

    private final Connection<SocketAddress> connection;
    private final boolean encrypted;
    private final Runnable whenControlSent;
    private final Runnable whenClosed;

    @SuppressWarnings("UnusedVariable") // through GATE
    private volatile int gate;
    /** The Close frame, from when it is decided to when it is written. */
    private volatile byte[] close;

    private boolean controlInFlight;
    private boolean pingWaits;
    private byte[] pongWaits;
    /** Made with the first control frame. */
    private Control control;

    /**
     * @param whenControlSent runs each time that the network has taken a pong or a ping
     * @param whenClosed runs when the network has taken the Close, or never will
     */
    FrameWriter(Connection<SocketAddress> connection, Runnable whenControlSent, Runnable whenClosed) {
        this.connection = connection;
        this.encrypted = connection.getProcessor() instanceof FilterChain filters
                && filters.indexOfType(SSLBaseFilter.class) >= 0;
        this.whenControlSent = whenControlSent;
        this.whenClosed = whenClosed;
    }

    /** Sends a text or binary frame. */
    void send(byte[] frame, CompletionHandler<WriteResult<WritableMessage, SocketAddress>> handler) {
        if (!write(frame, handler)) {
            handler.failed(new ClosedChannelException());
        }
    }

    /** @return false after the Close */
    private boolean write(byte[] frame, CompletionHandler<WriteResult<WritableMessage, SocketAddress>> handler) {
        boolean open = (GATE.getAndIncrement(this) & CLOSING) == 0;
        try {
            if (open) {
                hand(frame, handler);
            }
        } finally {
            if (GATE.decrementAndGet(this) == CLOSING) {
                writeClose();
            }
        }
        return open;
    }

    /** Writes to the socket's queue, past all filters; only TLS needs them. */
    private void hand(byte[] frame, CompletionHandler<WriteResult<WritableMessage, SocketAddress>> handler) {
        Buffer buffer = Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, frame);
        if (encrypted) {
            connection.<WritableMessage>write(buffer, handler);
        } else {
            ((TCPNIOTransport) connection.getTransport())
                    .getAsyncQueueIO()
                    .getWriter()
                    .write(connection, null, buffer, handler);
        }
    }

    void ping() {
        synchronized (this) {
            if (controlInFlight) {
                pingWaits = true;
                return;
            }
            controlInFlight = true;
        }
        writeControl(PING);
    }

    void pong(byte[] payload) {
        byte[] frame = new byte[2 + payload.length];
        frame[0] = PONG;
        frame[1] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 2, payload.length);
        synchronized (this) {
            if (controlInFlight) {
                pongWaits = frame;
                return;
            }
            controlInFlight = true;
        }
        writeControl(frame);
    }

    /** Whether a pong waits because the network has not taken the one before. */
    synchronized boolean isPongPending() {
        return pongWaits != null;
    }

    private void writeControl(byte[] frame) {
        if (control == null) {
            control = new Control();
        }
        // After the Close it is dropped.
        write(frame, control);
    }

    private void controlSent() {
        byte[] next;
        synchronized (this) {
            next = pongWaits == null && pingWaits ? PING : pongWaits;
            pingWaits = next != PING && pingWaits;
            pongWaits = null;
            controlInFlight = next != null;
        }
        if (next != null) {
            writeControl(next);
        }
        whenControlSent.run();
    }

    /** @return false if there was a Close before */
    boolean close(byte[] frame) {
        if (!CLOSE.compareAndSet(this, null, frame)) {
            return false;
        }
        if (GATE.getAndAdd(this, CLOSING) == 0) {
            writeClose();
        }
        return true;
    }

    boolean isClosing() {
        return close != null;
    }

    private void writeClose() {
        byte[] frame = CLOSE.getAndSet(this, WRITTEN);
        if (frame != WRITTEN) {
            hand(frame, new Ended());
        }
    }

    private final class Control extends EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>> {
        @Override
        public void completed(WriteResult<WritableMessage, SocketAddress> written) {
            controlSent();
        }
    }

    private final class Ended extends EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>> {
        @Override
        public void completed(WriteResult<WritableMessage, SocketAddress> written) {
            whenClosed.run();
        }

        @Override
        public void failed(Throwable cause) {
            whenClosed.run();
        }
    }
}
