package io.roomcast.http.rooms;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Writes to the stream of an application server without waiting for the client.
 *
 * <p><b>Concurrency.</b> One thread at a time calls {@link #write}. The server calls {@link #onWritePossible} when the
 * client has read on. The monitor guards all state. Completions run outside it.
 */
final class ListenedStream implements WriteListener {
    private final ServletOutputStream out;
    /** The bytes that are to be written; null when they are. */
    private byte[] unwritten;

    private boolean mustFlush;
    /** Null if there is nothing to complete. */
    private Consumer<Throwable> completion;

    private Throwable failure;
    /** Whether the server has called the listener. Before that, nothing may be written. */
    private boolean isPossible;

    ListenedStream(ServletOutputStream out) {
        this.out = out;
    }

    private boolean isListening;

    void write(byte[] bytes, Consumer<Throwable> whenTaken) {
        boolean isFirst;
        synchronized (this) {
            unwritten = bytes;
            mustFlush = true;
            completion = whenTaken;
            isFirst = !isListening;
            isListening = true;
        }
        if (isFirst) {
            out.setWriteListener(this);
        } else {
            proceed();
        }
    }

    @Override
    public void onWritePossible() {
        synchronized (this) {
            isPossible = true;
        }
        proceed();
    }

    @Override
    public void onError(Throwable cause) {
        synchronized (this) {
            failure = cause;
        }
        proceed();
    }

    private void proceed() {
        Consumer<Throwable> done;
        Throwable why;
        synchronized (this) {
            if (completion == null || !isPossible && failure == null || !isTaken()) {
                return;
            }
            done = completion;
            completion = null;
            unwritten = null;
            why = failure;
        }
        done.accept(why);
    }

    /** Writes on. Returns whether the server has taken all bytes, or has failed. */
    private boolean isTaken() {
        try {
            while (failure == null) {
                if (!out.isReady()) {
                    return false;
                }
                if (unwritten != null) {
                    byte[] bytes = unwritten;
                    unwritten = null;
                    out.write(bytes);
                } else if (mustFlush) {
                    mustFlush = false;
                    out.flush();
                } else {
                    return true;
                }
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        return true;
    }
}
