package io.roomcast.websocket.undertow;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.websocket.transport.FrameTransport;
import io.roomcast.websocket.transport.SessionTransport;
import io.undertow.websockets.core.WebSocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.ssl.SslConnection;

/**
 * Writes frames to the TCP connection of Undertow. A frame is encoded once for a room. Undertow would encode the frame
 * for each member. The first frame is written on the connection's I/O thread, and later frames on the calling thread.
 * With TLS, all frames are written on the I/O thread, since Undertow uses the state of TLS only on that thread.
 */
final class UndertowTransport extends FrameTransport {
    private final WebSocketChannel channel;
    private final StreamConnection connection;
    private final XnioIoThread ioThread;
    private final boolean hasTls;
    /** Null before the first write. Made on the I/O thread, while that thread is not writing a frame of Undertow. */
    private UndertowSink sink;

    UndertowTransport(SessionTransport portable, Object channel, Object connection) {
        super(portable);
        this.channel = (WebSocketChannel) channel;
        this.connection = (StreamConnection) connection;
        this.ioThread = this.connection.getIoThread();
        this.hasTls = this.connection instanceof SslConnection;
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        if (sink != null && !hasTls || Thread.currentThread() == ioThread) {
            write(frame, completion);
            return;
        }
        try {
            ioThread.execute(() -> write(frame, completion));
        } catch (RejectedExecutionException e) {
            completion.sent(e);
        }
    }

    private void write(EncodedFrame frame, Completion completion) {
        if (sink == null) {
            ConduitStreamSinkChannel output = connection.getSinkChannel();
            sink = new UndertowSink(output.getConduit(), channel, ioThread, completion::sent);
            output.setConduit(sink);
        }
        sink.send(frame.webSocketFrame());
    }

    @Override
    public Executor executor() {
        return hasTls ? ioThread : null;
    }

    /** Does nothing, because Undertow sends a close frame itself. */
    @Override
    protected void writeCloseFrame(byte[] closeFrame) {}
}
