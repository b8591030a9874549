package io.roomcast.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.CompletableFuture;

/**
 * What the embedded server does for a response that is written while no thread waits. Its requests have such an object
 * as an attribute. Application servers have none. Any thread.
 */
public interface LongResponse {
    /** The name of the attribute. */
    String ATTRIBUTE = LongResponse.class.getName();

    /** The slowest reader of a long body that is surely not cut off, in bytes in a second. On every server. */
    long SLOW_READER_BYTES = 100_000;

    /** As much of a long body as the systems on both sides may take before the client reads it. */
    long MOST_UNREAD_BYTES = 8 << 20;

    /** That of a request; null on an application server. */
    static LongResponse of(HttpServletRequest request) {
        return (LongResponse) request.getAttribute(ATTRIBUTE);
    }

    /**
     * Completes when the server has handed the request to the servlet, which has returned. Until then, another thread must
     * not complete an asynchronous request: the embedded server would use objects of a request that is over.
     *
     * @param embedded null on an application server, which may complete at any time
     */
    static CompletableFuture<Void> whenDispatched(LongResponse embedded) {
        return embedded == null ? CompletableFuture.completedFuture(null) : embedded.dispatched();
    }

    /**
     * Ends an asynchronous request.
     *
     * @param embedded null on an application server
     * @param isBodyUnread whether the request has a body that nobody reads to its end; the response must be written then
     */
    static void end(LongResponse embedded, ConnectionWatch watch, AsyncContext async, boolean isBodyUnread) {
        if (embedded == null && isBodyUnread) {
            watch.abandonBody(async::complete);
        } else if (embedded == null) {
            async.complete();
        } else if (isBodyUnread) {
            embedded.abandon();
        } else {
            embedded.complete();
        }
    }

    /** As {@link #whenDispatched}. */
    CompletableFuture<Void> dispatched();

    /**
     * Ends the asynchronous request. To be called instead of {@code AsyncContext.complete}, which would use objects of
     * another request if the connection has ended meanwhile. Waits for the parts of the body that are being read, but
     * not on the calling thread. Only the first call of this method or {@link #abandon} has an effect; after it, nothing
     * may be read or written.
     */
    void complete();

    /**
     * As {@link #complete}, for a request whose body is not read to its end. The response must be written, with its
     * length. The connection ends soon; what the client sends until then is discarded.
     */
    void abandon();

    /** Makes the connection count as a session, and no more as a request, until its response is complete. */
    void becomeSession();

    /** Ends that. To be called before the last output, after which the client may send its next request. */
    void endSession();

    /**
     * Makes the network take the output in small steps, so that it is seen that a slow client reads. To be called before
     * a long body. A client that reads nothing of it for {@code roomcast.http.answer-timeout} is cut off by the server.
     */
    void sendInSmallSteps();

    /**
     * Gives a slow client time to read. The system of the client may take megabytes at once, and then nothing until half of
     * them are read, which nobody sees here. So a client counts as one that reads nothing only when a reader of
     * {@link #SLOW_READER_BYTES} had read everything.
     *
     * @param bytes how many are written next
     */
    void allowToRead(int bytes);

    /** Closes the connection without the end of the response, so that the client does not take it for whole. */
    void cut();

    /**
     * Runs a task when the network has taken all output that was written until now. The task never runs if the
     * connection ends before.
     */
    void whenSent(Runnable task);

    /**
     * Runs a task when the connection ends before the response is complete; now if it has ended. The task may run twice.
     */
    void whenClosed(Runnable task);
}
