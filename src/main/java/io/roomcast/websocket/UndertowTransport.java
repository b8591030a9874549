package io.roomcast.websocket;

import io.roomcast.outbound.EncodedFrame;
import io.undertow.websockets.core.WebSocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.conduits.ConduitStreamSinkChannel;

/**
 * Writes a room's WebSocket frame to the connection under Undertow, which would encode it anew for each member, and make a channel of its own for
 * it. On the connection's I/O thread, which does all of its writing.
 */
final class UndertowTransport extends DirectTransport {
    private final WebSocketChannel channel;
    private final StreamConnection connection;
    private final XnioIoThread thread;
    /** Made with the first send; on the I/O thread. */
    private UndertowSink sink;

    UndertowTransport(SessionTransport portable, Object channel, Object connection) {
        super(portable);
        this.channel = (WebSocketChannel) channel;
        this.connection = (StreamConnection) connection;
        this.thread = this.connection.getIoThread();
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        if (Thread.currentThread() == thread) {
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
            ConduitStreamSinkChannel end = connection.getSinkChannel();
            sink = new UndertowSink(end.getConduit(), channel, thread, completion::sent);
            end.setConduit(sink);
        }
        sink.send(frame.webSocketFrame());
    }

    @Override
    public Executor executor() {
        return thread;
    }

    /** Undertow says so itself. */
    @Override
    void writeLast(byte[] closeFrame) {}
}
