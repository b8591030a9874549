package io.roomcast.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Writes the body of an asynchronous response without waiting for the client. Any thread; one of them at a time writes,
 * and each write waits for the completion of the one before.
 */
public final class ResponseStream {
    private final HttpServletResponse response;
    /** Null on an application server. */
    private final LongResponse embedded;

    private final ConnectionWatch watch;
    /** Unused on the embedded server. */
    private final ListenedStream stream;

    /** @param embedded null on an application server */
    public ResponseStream(HttpServletResponse response, LongResponse embedded, ConnectionWatch watch) {
        this.response = response;
        this.embedded = embedded;
        this.watch = watch;
        this.stream = new ListenedStream(response, watch);
    }

    /**
     * Writes and flushes bytes.
     *
     * @param completion gets null when the server has taken the bytes, or why it has not
     */
    public void write(byte[] bytes, Consumer<Throwable> completion) {
        try {
            if (embedded != null) {
                // The embedded server queues what the network does not take at once.
                response.getOutputStream().write(bytes);
                response.getOutputStream().flush();
                completion.accept(null);
                return;
            }
            stream.write(bytes, completion);
        } catch (IOException | RuntimeException e) {
            completion.accept(e);
        }
    }

    /**
     * As {@link #write}, for a part of a long body: the completion also waits until the network has taken the bytes,
     * where the server tells. Never completes if the connection ends before.
     */
    public void writePart(byte[] bytes, Consumer<Throwable> completion) {
        write(bytes, failure -> {
            if (failure == null && embedded != null) {
                embedded.whenSent(() -> completion.accept(null));
            } else {
                completion.accept(failure);
            }
        });
    }

    /**
     * Closes the connection without the end of the response, where the server lets it be closed. {@link #end} must follow.
     */
    public void cut() {
        if (embedded != null) {
            embedded.cut();
        } else {
            watch.cut();
        }
    }

    /**
     * Nothing is written any more.
     *
     * @param complete completes the response, at the moment and on the thread that suit the server
     */
    public void end(Runnable complete) {
        stream.end(complete);
    }
}
