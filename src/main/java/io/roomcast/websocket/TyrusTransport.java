package io.roomcast.websocket;

import io.roomcast.outbound.EncodedFrame;
import java.nio.ByteBuffer;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.glassfish.tyrus.spi.Writer;

/**
 * Writes a room's WebSocket frame, made once, to the connection under a session of Tyrus, which would encode the text anew for each
 * session: the larger part of a fan-out's time. Whole frames only, so those that Tyrus writes itself (pong, close) come between, never inside.
 */
final class TyrusTransport extends DirectTransport {
    private final Writer writer;
    private CompletionHandler<ByteBuffer> handler;

    TyrusTransport(SessionTransport portable, Object writer) {
        super(portable);
        this.writer = (Writer) writer;
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        if (handler == null) {
            handler = new Completed(completion);
        }
        try {
            writer.write(ByteBuffer.wrap(frame.webSocketFrame()), handler);
        } catch (RuntimeException e) {
            completion.sent(e);
        }
    }

    @Override
    void writeLast(byte[] closeFrame) {
        writer.write(ByteBuffer.wrap(closeFrame), new Ignored());
    }

    private static final class Ignored extends CompletionHandler<ByteBuffer> {}

    private static final class Completed extends CompletionHandler<ByteBuffer> {
        private final Completion completion;

        Completed(Completion completion) {
            this.completion = completion;
        }

        @Override
        public void completed(ByteBuffer written) {
            completion.sent(null);
        }

        @Override
        public void failed(Throwable cause) {
            completion.sent(cause);
        }

        @Override
        public void cancelled() {
            completion.sent(new IllegalStateException("write cancelled"));
        }
    }
}
