package io.roomcast.websocket;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.service.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Writes by Tyrus' writer at first, and to Grizzly's queue once the connection has left HTTP. One frame is on its way at a time, and none when the connection
 * leaves, so that they keep their order.
 */
final class PayaraTransport extends DirectTransport {
    private static final Logger LOG = System.getLogger(PayaraTransport.class.getName());
    private static final long BETWEEN_STEPS_SECONDS = 1;
    private static volatile boolean unavailable;

    private final SessionTransport portable;
    private final Object writer;
    private final Threads threads;
    private volatile DirectTransport way;

    PayaraTransport(SessionTransport portable, Object writer, Threads threads) {
        super(portable);
        this.portable = portable;
        this.writer = writer;
        this.threads = threads;
        this.way = new TyrusTransport(portable, writer);
        later(this::leave);
    }

    private void leave() throws ReflectiveOperationException {
        PayaraConnection connection = PayaraConnection.of(writer);
        if (connection == null) {
            later(this::leave);
        } else if (connection.canLeave()) {
            if (connection.leave()) {
                way = new GrizzlyTransport(portable, connection.connection());
                later(connection::letGo);
            } else {
                later(this::leave);
            }
        }
    }

    /** On the pool, as all work for a connection: the server is asked to do something, too, and the one timer is for all. */
    private void later(Step step) {
        if (unavailable) {
            return;
        }
        try {
            var unused = threads.timer()
                    .schedule(() -> threads.lanes().execute(() -> run(step)), BETWEEN_STEPS_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            // The node is ending, and the connection with it.
        }
    }

    private void run(Step step) {
        if (!portable.isOpen()) {
            return;
        }
        try {
            step.take();
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            unavailable = true;
            LOG.log(Level.INFO, "This Payara keeps the HTTP request of each WebSocket connection", e);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "a connection that ended on its way out of HTTP", e);
        }
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        way.send(frame, completion);
    }

    @Override
    void writeLast(byte[] closeFrame) {
        way.writeLast(closeFrame);
    }

    @FunctionalInterface
    private interface Step {
        void take() throws ReflectiveOperationException;
    }
}
