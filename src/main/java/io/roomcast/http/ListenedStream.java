package io.roomcast.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;

/**
 * Writes to the stream of an application server without waiting for the client.
 *
 * <p><b>Concurrency.</b> One thread at a time calls {@link #write}, any thread {@link #end}. The server calls {@link
 * #onWritePossible} when the client has read on. The monitor guards all state, and is held only for writes that do not
 * wait. Completions and the end of the response run outside it: Payara may wait for the client at the end, and its I/O
 * threads call this listener.
 */
final class ListenedStream implements WriteListener {
    private final ServletResponse response;
    private final ConnectionWatch watch;
    /** Null before the first write. */
    private ServletOutputStream out;
    /** The bytes that are to be written; null when they are. */
    private byte[] unwritten;

    private boolean mustFlush;
    /** Null if there is nothing to complete. */
    private Consumer<Throwable> completion;

    /** Why nothing is written any more; null while something may be. */
    private Throwable failure;
    /** Whether the server has been given the listener, or is given it now. */
    private boolean isListening;
    /** Whether the server has called the listener. Before that, nothing may be written. */
    private boolean isPossible;

    /** Ends the response when the server has called the listener; null for nothing. */
    private Runnable deferredEnd;

    ListenedStream(ServletResponse response, ConnectionWatch watch) {
        this.response = response;
        this.watch = watch;
    }

    /** @param whenTaken gets null when the server has taken the bytes, or why it has not */
    void write(byte[] bytes, Consumer<Throwable> whenTaken) {
        boolean isFirst;
        synchronized (this) {
            unwritten = bytes;
            mustFlush = true;
            completion = whenTaken;
            isFirst = !isListening && failure == null;
            isListening |= isFirst;
        }
        if (isFirst) {
            listen();
        } else {
            proceed();
        }
    }

    private void listen() {
        try {
            ServletOutputStream stream = response.getOutputStream();
            synchronized (this) {
                out = stream;
            }
            stream.setWriteListener(this);
        } catch (IOException | RuntimeException e) {
            onError(e);
        }
    }

    /**
     * Nothing is written any more.
     *
     * @param complete completes the response. Runs when the server has called the listener, if it was given one: Undertow
     *     would write a stack trace to the log if the response were complete before.
     */
    void end(Runnable complete) {
        boolean isInUse;
        synchronized (this) {
            isInUse = isListening;
            boolean isTooEarly = isListening && !isPossible && failure == null;
            failure = failure == null ? new ClosedChannelException() : failure;
            if (isTooEarly) {
                deferredEnd = complete;
                return;
            }
        }
        watch.complete(isInUse, complete);
    }

    @Override
    public void onWritePossible() {
        called(null);
    }

    @Override
    public void onError(Throwable cause) {
        called(cause);
    }

    private void called(Throwable cause) {
        Runnable end;
        synchronized (this) {
            isPossible |= cause == null;
            failure = cause == null ? failure : cause;
            end = deferredEnd;
            deferredEnd = null;
        }
        if (end == null) {
            proceed();
        } else {
            end.run();
        }
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
