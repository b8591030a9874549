package io.roomcast.it.interop;

import io.roomcast.support.Frame;
import io.roomcast.support.MessageSocket;
import io.roomcast.support.RoomClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a library hands over, for the test that waits for it. The library calls it on any thread. */
final class Received {
    private final CompletableFuture<Library.Connection> opened = new CompletableFuture<>();
    private final CompletableFuture<Closed> closed = new CompletableFuture<>();
    private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();

    /** How the library says that its connection ended. */
    record Closed(int code, String reason) {}

    void opened(Library.Connection connection) {
        opened.complete(connection);
    }

    /** A WebSocket message of one or more frames. */
    void text(String text) {
        text.lines().map(Frame::of).forEach(frames::add);
    }

    void closed(int code, String reason) {
        closed.complete(new Closed(code, reason == null ? "" : reason));
        opened.completeExceptionally(new IllegalStateException("closed with " + code + ": " + reason));
    }

    /** The handshake failed, or the connection broke. */
    void failed(Throwable failure) {
        opened.completeExceptionally(failure);
        closed(MessageSocket.ABNORMAL, String.valueOf(failure));
    }

    Library.Connection awaitOpen() {
        return MessageSocket.within(RoomClient.PATIENCE_SECONDS, opened);
    }

    Closed awaitClose() {
        return MessageSocket.within(RoomClient.PATIENCE_SECONDS, closed);
    }

    /** The next frame of this type; others before it are passed over. */
    Frame next(String type) {
        List<Frame> instead = new ArrayList<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RoomClient.PATIENCE_SECONDS);
        while (true) {
            Frame frame = poll(deadline - System.nanoTime());
            if (frame == null) {
                throw new AssertionError("waited in vain for " + type + "; closed: " + closed.getNow(null)
                        + "; came instead: " + instead);
            }
            if (type.equals(frame.type())) {
                return frame;
            }
            instead.add(frame);
        }
    }

    private Frame poll(long nanos) {
        try {
            return frames.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
