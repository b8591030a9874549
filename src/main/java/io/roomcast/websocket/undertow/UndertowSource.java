package io.roomcast.websocket.undertow;

import io.roomcast.protocol.CloseCode;
import io.roomcast.websocket.transport.ClientClose;
import io.roomcast.websocket.transport.FrameHeaders;
import io.roomcast.websocket.transport.ObservableTransport;
import io.roomcast.websocket.transport.SessionTransport;
import io.undertow.websockets.core.WebSocketChannel;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The input conduit of one of Undertow's connections. It follows the headers of the client's frames, and passes the
 * bytes on to Undertow unchanged. Undertow does not get a frame that is refused by its header, nor a Close, nor what
 * comes after these. This conduit closes the session itself, once Undertow has taken all frames before. Undertow does
 * not get pings, either; {@link UndertowPongs} answers them.
 *
 * <p><b>Concurrency.</b> Undertow reads on the I/O thread, and holds a lock of the connection meanwhile. Whatever
 * closes the session runs later on that thread, without the lock.
 */
final class UndertowSource extends AbstractStreamSourceConduit<StreamSourceConduit> implements FrameHeaders.Handler {
    private static final Logger LOG = System.getLogger(UndertowSource.class.getName());

    private final Executor thread;
    private final Session session;
    private final ObservableTransport.Listener listener;
    private final FrameHeaders headers;
    private final UndertowPongs pongs;
    private boolean refused;
    private boolean closeReceived;
    /** Closes the session; null if there is no reason to, or if the session was closed. */
    private Runnable pendingClose;

    /** Whether the thread has the task that closes the session. */
    private boolean closeScheduled;
    /** The payload of a Close or ping, as far as it has arrived; null before. */
    private byte[] controlPayload;
    /** The payload of the last ping among bytes that arrived together; null if there was none. */
    private byte[] lastPing;
    /** Whether the listener was told of a message that has not ended. */
    private boolean messageReported;

    /** Whether a message began among bytes that arrived together. */
    private boolean messageBegun;
    /** Whether a ping or a pong was among bytes that arrived together. */
    private boolean activitySeen;

    /** @param thread the I/O thread of the connection; for the others see {@link #addTo} */
    UndertowSource(
            StreamSourceConduit next,
            Executor thread,
            Session session,
            ObservableTransport.Listener listener,
            LongSupplier limit,
            boolean compression,
            BiConsumer<ByteBuffer, Runnable> pongSender) {
        super(next);
        this.thread = thread;
        this.session = session;
        this.listener = listener;
        this.headers = new FrameHeaders(limit, compression, this);
        this.pongs = new UndertowPongs(thread, pongSender, listener::onControlHeld, next::wakeupReads);
    }

    /**
     * Makes the input of a connection pass through a new conduit.
     *
     * @param connection Undertow's connection, of which no frame was read
     * @param channel Undertow's channel of the session
     * @param limit current limit of a message from the client, in bytes
     * @param compression whether the client may compress messages
     */
    static void addTo(
            Object connection,
            Object channel,
            Session session,
            ObservableTransport.Listener listener,
            LongSupplier limit,
            boolean compression) {
        StreamConnection tcp = (StreamConnection) connection;
        ConduitStreamSourceChannel input = tcp.getSourceChannel();
        input.setConduit(new UndertowSource(
                input.getConduit(),
                tcp.getIoThread(),
                session,
                listener,
                limit,
                compression,
                UndertowPongs.through((WebSocketChannel) channel)));
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (pendingClose != null) {
            closeAfterEarlierFrames(target);
            return 0;
        }
        if (closeReceived) {
            next.terminateReads();
            return -1;
        }
        if (pongs.holdsReads()) {
            next.suspendReads();
            return 0;
        }
        int from = target.position();
        int count = next.read(target);
        if (count <= 0) {
            return count;
        }
        int passed = follow(target, from, from + count);
        target.position(from + passed);
        if (lastPing != null) {
            pongs.answer(lastPing);
            lastPing = null;
        }
        if (pendingClose != null || closeReceived) {
            next.wakeupReads();
        } else if (!refused) {
            report();
        }
        return passed;
    }

    /** @param target the buffer of Undertow, which begins with the frames that Undertow has yet to take */
    private void closeAfterEarlierFrames(ByteBuffer target) {
        if (target.position() > 0) {
            next.wakeupReads();
        } else if (!closeScheduled) {
            closeScheduled = true;
            try {
                thread.execute(this::closeSession);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "the server is stopping and closes all connections", e);
            }
        }
    }

    private void closeSession() {
        pendingClose.run();
        pendingClose = null;
        next.wakeupReads();
    }

    /**
     * Moves the bytes that Undertow may have together, since pings are taken out.
     *
     * @return how many of the bytes Undertow may have, from the first on
     */
    private int follow(ByteBuffer bytes, int from, int to) {
        int passed = from;
        int at = from;
        while (headers.isPayloadNext() ? headers.payloadLeft() == 0 || at < to : at < to && !headers.isEnded()) {
            int begin = at;
            if (headers.isPayloadNext()) {
                at += followPayload(bytes, at, to);
            } else {
                followHeader(bytes.get(at) & 0xff);
                at++;
            }
            if (!refused && !isAnsweredHere()) {
                if (passed < begin) {
                    bytes.put(passed, bytes, begin, at - begin);
                }
                passed += at - begin;
            }
        }
        return passed - from;
    }

    private boolean isAnsweredHere() {
        return headers.opcode() == FrameHeaders.CLOSE || headers.opcode() == FrameHeaders.PING;
    }

    private void followHeader(int value) {
        boolean frameBegins = !headers.isInFrame();
        headers.read(value);
        messageBegun |= frameBegins && !headers.isControl() && headers.opcode() != FrameHeaders.CONTINUATION;
    }

    /** @return how many of the bytes belong to the payload */
    private int followPayload(ByteBuffer bytes, int from, int to) {
        int count = (int) Math.min(headers.payloadLeft(), to - from);
        if (isAnsweredHere()) {
            keepControlPayload(bytes, from, count);
        }
        headers.skip(count);
        if (headers.payloadLeft() == 0) {
            endFrame();
        }
        return count;
    }

    private void keepControlPayload(ByteBuffer bytes, int from, int count) {
        if (controlPayload == null) {
            controlPayload = new byte[(int) headers.payloadLeft()];
        }
        int offset = controlPayload.length - (int) headers.payloadLeft();
        for (int i = 0; i < count; i++) {
            int key = Integer.rotateLeft(headers.mask(), Byte.SIZE * (offset + i + 1));
            controlPayload[offset + i] = (byte) (bytes.get(from + i) ^ key);
        }
    }

    private void endFrame() {
        if (headers.opcode() == FrameHeaders.CLOSE) {
            headers.end();
            closeReceived = true;
            if (!refused) {
                pendingClose = this::answerClose;
            }
        } else {
            if (headers.opcode() == FrameHeaders.PING) {
                lastPing = controlPayload;
                controlPayload = null;
            }
            headers.endFrame();
            activitySeen |= headers.isControl();
        }
    }

    private void answerClose() {
        try {
            session.close(ClientClose.answer(controlPayload));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "close failed; the connection is gone", e);
        }
    }

    @Override
    public void onTooLarge() {
        refuse(listener::onMessageTooLarge);
    }

    @Override
    public void onViolation(String reason) {
        refuse(() -> SessionTransport.close(session, CloseCode.PROTOCOL_ERROR, reason));
    }

    private void refuse(Runnable close) {
        if (!refused) {
            refused = true;
            pendingClose = close;
        }
    }

    /** Tells the listener what was among the bytes that arrived together. */
    private void report() {
        boolean inMessage = headers.isInMessage();
        if (inMessage && messageBegun) {
            listener.onMessageBegun();
        } else if (!inMessage && messageReported) {
            listener.onMessageEnd();
        }
        messageReported = inMessage;
        messageBegun = false;
        if (activitySeen) {
            activitySeen = false;
            listener.onActivity();
        }
    }

    @Override
    public void resumeReads() {
        if (pendingClose != null || closeReceived) {
            next.wakeupReads();
        } else if (!pongs.holdsReads()) {
            next.resumeReads();
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                return read(targets[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), count, throughBuffer, target);
    }
}
