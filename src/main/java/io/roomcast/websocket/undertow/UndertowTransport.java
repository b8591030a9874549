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
 * Writes frames to the TCP connection of Undertow. A frame is encoded once for a room; Undertow would encode it for
 * each member. Writes on the calling thread, but with TLS on the connection's I/O thread: Undertow uses the state of
 * TLS on that thread only.
 */
final class UndertowTransport extends FrameTransport {
    private final WebSocketChannel channel;
    private final StreamConnection connection;
    private final XnioIoThread thread;
    private final boolean secured;
    /** Created by the first send, on the I/O thread, which is then not inside a frame of Undertow. */
    private UndertowSink sink;

    UndertowTransport(SessionTransport portable, Object channel, Object connection) {
        super(portable);
        this.channel = (WebSocketChannel) channel;
        this.connection = (StreamConnection) connection;
        this.thread = this.connection.getIoThread();
        this.secured = this.connection instanceof SslConnection;
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        if (sink != null && !secured || Thread.currentThread() == thread) {
            write(frame, completion);
            return;
        }
        try {
            thread.execute(() -> write(frame, completion));
        } catch (RejectedExecutionException e) {
            completion.sent(e);
        }
    }

    private void write(EncodedFrame frame, Completion completion) {
        if (sink == null) {
            ConduitStreamSinkChannel output = connection.getSinkChannel();
            sink = new UndertowSink(output.getConduit(), channel, thread, completion::sent);
            output.setConduit(sink);
        }
        sink.send(frame.webSocketFrame());
    }

    @Override
    public Executor executor() {
        return secured ? thread : null;
    }

    /** Does nothing, because Undertow sends a close frame itself. */
    @Override
    protected void writeCloseFrame(byte[] closeFrame) {}
}
