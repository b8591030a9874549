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
 * The writing end of one of Undertow's connections, where whole WebSocket frames come in between those of Undertow itself, never inside one. Undertow
 * writes its pings, pongs and closes through here, as ever; a room's messages come by {@link #send}.
 *
 * <p><b>Concurrency.</b> One send at a time comes, on any thread; Undertow writes from any. This object's monitor guards all state and lets one of both write, and is
 * taken after Undertow's frame. A completion never runs under it: it runs before {@link #send} returns, or as a task of the I/O thread.
 */
final class UndertowSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private final WebSocketChannel channel;
    private final XnioIoThread thread;
    private final Consumer<Throwable> completion;
    /** What is left of the frame that is being sent; null where none is. */
    private ByteBuffer frame;

    private boolean frameBegun;
    /** A frame of Undertow's has gone in part. */
    private boolean undertowFrameBegun;

    /** @param completion told once for each send; null when it was handed to the network */
    UndertowSink(
            StreamSinkConduit next, WebSocketChannel channel, XnioIoThread thread, Consumer<Throwable> completion) {
        super(next);
        this.channel = channel;
        this.thread = thread;
        this.completion = completion;
    }

    /** The next only when this one's completion was told. */
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

    /** @return false when a part of the frame frame has to wait until the socket, or Undertow, is ready */
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

    /** @return false when Undertow has to wait */
    private boolean isFree() throws IOException {
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
            // The thread is ending, and all of its connections with it.
        }
    }

    @Override
    public synchronized int write(ByteBuffer source) throws IOException {
        if (!isFree()) {
            return 0;
        }
        int written = next.write(source);
        undertowFrameBegun = source.hasRemaining();
        return written;
    }

    @Override
    public synchronized long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        if (!isFree()) {
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
        fail();
        next.terminateWrites();
    }

    @Override
    public void truncateWrites() throws IOException {
        fail();
        next.truncateWrites();
    }

    private synchronized void fail() {
        if (frame != null) {
            complete(new ClosedChannelException());
        }
    }
}
