package io.roomcast.websocket.undertow;

import io.undertow.websockets.core.WebSocketCallback;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;

/**
 * Answers the pings of one of Undertow's connections. Undertow would queue a pong, with a buffer of its own, for each
 * ping. Here at most one pong is in Undertow's queue, and only the latest other pong waits (RFC 6455, section 5.5.3).
 * While one waits, nothing is read from the connection.
 *
 * <p><b>Concurrency.</b> Any thread may call. Pongs are handed to Undertow as tasks of the I/O thread, since a read holds
 * a lock of Undertow. The monitor guards all state, and is not held while Undertow is called.
 */
final class UndertowPongs {
    private static final Logger LOG = System.getLogger(UndertowPongs.class.getName());
    /** Bytes of the header of a pong. */
    private static final int HEADER = 2;

    private final Executor thread;
    private final BiConsumer<ByteBuffer, Runnable> sender;
    private final IntConsumer onHeld;
    private final Runnable resumeReads;
    /** The payload of the pong in flight; null if none is. */
    private byte[] inFlight;
    /** The payload of the pong that waits; null if none does. */
    private byte[] waiting;
    /** Bytes that are reported as held. */
    private int held;
    /** Whether reading waits until no pong waits. */
    private boolean readsWait;

    /**
     * @param thread the I/O thread of the connection
     * @param sender sends a payload as a pong; runs the task once when the network has taken it, or has failed
     * @param onHeld gets the change of the bytes of pongs that the network did not take at once; called with the
     *     monitor held
     * @param resumeReads called on the I/O thread when reading may go on
     */
    UndertowPongs(Executor thread, BiConsumer<ByteBuffer, Runnable> sender, IntConsumer onHeld, Runnable resumeReads) {
        this.thread = thread;
        this.sender = sender;
        this.onHeld = onHeld;
        this.resumeReads = resumeReads;
    }

    /** What sends pongs through Undertow. */
    static BiConsumer<ByteBuffer, Runnable> through(WebSocketChannel channel) {
        return (payload, sent) -> WebSockets.sendPong(payload, channel, new WebSocketCallback<>() {
            @Override
            public void complete(WebSocketChannel to, Void nothing) {
                sent.run();
            }

            @Override
            public void onError(WebSocketChannel to, Void nothing, Throwable failure) {
                sent.run();
            }
        });
    }

    /** Answers a ping with this payload. */
    void answer(byte[] payload) {
        synchronized (this) {
            if (inFlight != null) {
                waiting = payload;
                reportHeld();
                return;
            }
            inFlight = payload;
        }
        sendLater(payload);
    }

    private void sendLater(byte[] payload) {
        onThread(() -> {
            sender.accept(ByteBuffer.wrap(payload), this::taken);
            synchronized (this) {
                if (inFlight != null) {
                    reportHeld();
                }
            }
        });
    }

    private void taken() {
        byte[] next;
        boolean resumes;
        synchronized (this) {
            next = waiting;
            waiting = null;
            inFlight = next;
            resumes = readsWait;
            readsWait = false;
            if (held > 0) {
                reportHeld();
            }
        }
        if (next != null) {
            sendLater(next);
        }
        if (resumes) {
            onThread(resumeReads);
        }
    }

    private void reportHeld() {
        int now = bytes(inFlight) + bytes(waiting);
        if (now != held) {
            onHeld.accept(now - held);
            held = now;
        }
    }

    private static int bytes(byte[] payload) {
        return payload == null ? 0 : HEADER + payload.length;
    }

    /** Whether reading must wait, because a pong waits. Reading is resumed later then. */
    synchronized boolean holdsReads() {
        readsWait = waiting != null;
        return readsWait;
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the server is stopping and closes all connections", e);
        }
    }
}
