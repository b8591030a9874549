package io.roomcast.websocket.undertow;

import io.undertow.websockets.core.WebSocketChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.xnio.Buffers;
import org.xnio.XnioIoThread;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The output conduit of one of Undertow's connections. It writes our whole WebSocket frames between those of Undertow,
 * never inside one. Undertow writes its pings, pongs and closes through this conduit; our frames come by {@link #send}.
 *
 * <p><b>Concurrency.</b> There is one send at a time, on any thread. Undertow also writes on any thread. The monitor of
 * this object guards all state. A thread that holds both Undertow's lock and this monitor took Undertow's lock first.
 * No completion runs under the monitor: it runs before {@link #send} returns, or as a task of the I/O thread.
 */
final class UndertowSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private final WebSocketChannel channel;
    private final XnioIoThread thread;
    private final Consumer<Throwable> completion;
    /** The unsent rest of our frame; null if none is being sent. */
    private ByteBuffer frame;

    /** Whether writing of our frame has begun. */
    private boolean frameBegun;
    /** Whether only a part of a frame of Undertow is written. */
    private boolean undertowFrameBegun;

    /**
     * @param completion called once for each send: with null when the frame was handed to the network, otherwise with
     *     the failure
     */
    UndertowSink(
            StreamSinkConduit next, WebSocketChannel channel, XnioIoThread thread, Consumer<Throwable> completion) {
        super(next);
        this.channel = channel;
        this.thread = thread;
        this.completion = completion;
    }

    /** Sends a frame. The next call must wait for the completion of this one. */
    void send(byte[] webSocketFrame) {
        Throwable failure = null;
        synchronized (this) {
            frame = ByteBuffer.wrap(webSocketFrame);
            frameBegun = false;
            try {
                if (!writeFrame()) {
                    next.resumeWrites();
                    return;
                }
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
            frame = null;
        }
        completion.accept(failure);
    }

    /** @return false if a part of our frame must wait for the socket, or for the rest of a frame of Undertow */
    private boolean writeFrame() throws IOException {
        if (undertowFrameBegun) {
            return false;
        }
        if (!frameBegun && channel.isCloseFrameSent()) {
            throw new ClosedChannelException();
        }
        frameBegun = true;
        while (frame.hasRemaining()) {
            if (next.write(frame) == 0) {
                return false;
            }
        }
        return next.flush();
    }

    /**
     * Writes the rest of our frame if its writing has begun.
     *
     * @return false if Undertow must wait until the rest is written
     */
    private boolean finishBegunFrame() throws IOException {
        return frame == null || !frameBegun || finishFrame();
    }

    private boolean finishFrame() throws IOException {
        try {
            if (!writeFrame()) {
                return false;
            }
        } catch (IOException | RuntimeException e) {
            complete(e);
            throw e;
        }
        complete(null);
        return true;
    }

    private void complete(Throwable failure) {
        frame = null;
        try {
            thread.execute(() -> completion.accept(failure));
        } catch (RejectedExecutionException e) {
            // The thread is stopping and closes all its connections.
        }
    }

    @Override
    public synchronized int write(ByteBuffer source) throws IOException {
        if (!finishBegunFrame()) {
            return 0;
        }
        int written = next.write(source);
        undertowFrameBegun = source.hasRemaining();
        return written;
    }

    @Override
    public synchronized long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        if (!finishBegunFrame()) {
            return 0;
        }
        long written = next.write(sources, offset, length);
        undertowFrameBegun = Buffers.hasRemaining(sources, offset, length);
        return written;
    }

    @Override
    public synchronized boolean flush() throws IOException {
        return (frame == null || finishFrame()) && next.flush();
    }

    @Override
    public synchronized void suspendWrites() {
        if (frame == null) {
            next.suspendWrites();
        }
    }

    @Override
    public void terminateWrites() throws IOException {
        failFrame();
        next.terminateWrites();
    }

    @Override
    public void truncateWrites() throws IOException {
        failFrame();
        next.truncateWrites();
    }

    private synchronized void failFrame() {
        if (frame != null) {
            complete(new ClosedChannelException());
        }
    }
}
