package io.roomcast.websocket.tyrus;

import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.IntConsumer;
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
 * <p>At most one pong is in Grizzly's queue, and only the latest other pong waits (RFC 6455, section 5.5.3). So a
 * client that sends pings and reads nothing makes the node hold a few hundred bytes only. {@code onControlHeld} reports
 * them. The session's queue bounds all other frames.
 *
 * <p><b>Concurrency.</b> Any thread may call any method. {@code gate} counts the threads that are passing a frame to
 * Grizzly. Once {@code CLOSING} is added to the gate, no other thread enters; the last thread that leaves writes the
 * Close. The monitor guards the control frames that wait. It is never held while Grizzly is called, because Grizzly may
 * close the connection within the call and notify its listeners.
 */
final class FrameWriter {
    private static final int CLOSING = 1 << 30;
    private static final byte[] PING = {(byte) 0x89, 0};
    private static final byte PONG = (byte) 0x8a;
    /** Replaces the Close frame when the frame is written. */
    private static final byte[] WRITTEN = {};

    private static final AtomicIntegerFieldUpdater<FrameWriter> GATE =
            AtomicIntegerFieldUpdater.newUpdater(FrameWriter.class, "gate");
    private static final AtomicReferenceFieldUpdater<FrameWriter, byte[]> CLOSE =
            AtomicReferenceFieldUpdater.newUpdater(FrameWriter.class, byte[].class, "close");

    private final Connection<SocketAddress> connection;
    private final boolean encrypted;
    private final IntConsumer onControlHeld;
    private final Runnable onControlSent;
    private final Runnable onCloseSent;

    /** The number of threads that are passing a frame to Grizzly; plus {@code CLOSING} after {@link #close}. */
    @SuppressWarnings("UnusedVariable") // used through GATE
    private volatile int gate;
    /**
     * The Close frame from the call of {@link #close} until the frame is written; null before, {@code WRITTEN} after.
     */
    private volatile byte[] close;

    /** The control frame in flight, or null. */
    private byte[] controlInFlight;

    /** Bytes of control frames that are reported as held. */
    private int controlHeld;

    private boolean pingPending;
    /** The frame of the pong that waits; null if none waits. */
    private byte[] pendingPong;
    /** Created with the first control frame. */
    private ControlCompletion controlCompletion;

    /**
     * @param onControlHeld gets the change of the bytes of control frames that the network did not take at once; called
     *     with the monitor held
     * @param onControlSent runs each time that the network has taken a pong or a ping
     * @param onCloseSent runs when the network has taken the Close, or when the write of the Close has failed
     */
    FrameWriter(
            Connection<SocketAddress> connection,
            IntConsumer onControlHeld,
            Runnable onControlSent,
            Runnable onCloseSent) {
        this.connection = connection;
        this.encrypted = connection.getProcessor() instanceof FilterChain filters
                && filters.indexOfType(SSLBaseFilter.class) >= 0;
        this.onControlHeld = onControlHeld;
        this.onControlSent = onControlSent;
        this.onCloseSent = onCloseSent;
    }

    /** Sends a text or binary frame. */
    void send(byte[] frame, CompletionHandler<WriteResult<WritableMessage, SocketAddress>> handler) {
        if (!write(frame, handler)) {
            handler.failed(new ClosedChannelException());
        }
    }

    /** @return false if {@link #close} was called before; the frame is then dropped */
    private boolean write(byte[] frame, CompletionHandler<WriteResult<WritableMessage, SocketAddress>> handler) {
        boolean open = (GATE.getAndIncrement(this) & CLOSING) == 0;
        try {
            if (open) {
                enqueue(frame, handler);
            }
        } finally {
            if (GATE.decrementAndGet(this) == CLOSING) {
                writeClose();
            }
        }
        return open;
    }

    /** Writes to the socket's queue. Frames bypass all filters; only TLS needs them. */
    private void enqueue(byte[] frame, CompletionHandler<WriteResult<WritableMessage, SocketAddress>> handler) {
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
            if (controlInFlight != null) {
                pingPending = true;
                return;
            }
            controlInFlight = PING;
        }
        writeControl(PING);
    }

    void pong(byte[] payload) {
        byte[] frame = new byte[2 + payload.length];
        frame[0] = PONG;
        frame[1] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 2, payload.length);
        synchronized (this) {
            if (controlInFlight != null) {
                pendingPong = frame;
                reportControlHeld();
                return;
            }
            controlInFlight = frame;
        }
        writeControl(frame);
    }

    /** Whether a pong waits because the network has not taken the earlier one. */
    synchronized boolean isPongPending() {
        return pendingPong != null;
    }

    private void writeControl(byte[] frame) {
        if (controlCompletion == null) {
            controlCompletion = new ControlCompletion();
        }
        // After the Close, the control frame is dropped.
        write(frame, controlCompletion);
        synchronized (this) {
            if (controlInFlight != null) {
                reportControlHeld();
            }
        }
    }

    private void reportControlHeld() {
        int held =
                (controlInFlight == null ? 0 : controlInFlight.length) + (pendingPong == null ? 0 : pendingPong.length);
        if (held != controlHeld) {
            onControlHeld.accept(held - controlHeld);
            controlHeld = held;
        }
    }

    private void endControl() {
        byte[] next;
        synchronized (this) {
            next = pendingPong == null && pingPending ? PING : pendingPong;
            pingPending = next != PING && pingPending;
            pendingPong = null;
            controlInFlight = next;
            if (controlHeld > 0) {
                reportControlHeld();
            }
        }
        if (next != null) {
            writeControl(next);
        }
        onControlSent.run();
    }

    /**
     * Sends the Close after the frames that are being passed to Grizzly.
     *
     * @return false if {@link #close} was called before
     */
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
            enqueue(frame, new CloseCompletion());
        }
    }

    private final class ControlCompletion extends EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>> {
        @Override
        public void completed(WriteResult<WritableMessage, SocketAddress> written) {
            endControl();
        }
    }

    private final class CloseCompletion extends EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>> {
        @Override
        public void completed(WriteResult<WritableMessage, SocketAddress> written) {
            onCloseSent.run();
        }

        @Override
        public void failed(Throwable cause) {
            onCloseSent.run();
        }
    }
}
