package io.roomcast.http.rooms;

import io.roomcast.http.ConnectionWatch;
import io.roomcast.http.LongResponse;
import io.roomcast.http.Problem;
import io.roomcast.http.ResponseStream;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.service.Failure;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/**
 * The response to an asynchronous request. No method waits for the client. Any thread; one of them at a time writes.
 */
final class RoomsResponse {
    static final String FRAMES = "application/x-ndjson;charset=UTF-8";
    private static final Logger LOG = System.getLogger(RoomsResponse.class.getName());
    /** The smallest body that is compressed. */
    private static final int GZIP_BYTES = 512;

    private final AsyncContext async;
    private final HttpServletResponse response;
    private final boolean acceptsGzip;
    /** Null on an application server. */
    private final LongResponse embedded;

    /** Notices nothing on the embedded server, which watches its connections itself. */
    private final ConnectionWatch watch;

    private final UnreadAnswers unread;
    private final ResponseStream stream;

    private final AtomicBoolean hasEnded = new AtomicBoolean();
    /** Whether the request has a body that nobody reads. */
    private boolean isBodyUnread;

    RoomsResponse(
            AsyncContext async,
            HttpServletResponse response,
            boolean acceptsGzip,
            LongResponse embedded,
            ConnectionWatch watch,
            UnreadAnswers unread) {
        this.async = async;
        this.response = response;
        this.acceptsGzip = acceptsGzip;
        this.embedded = embedded;
        this.watch = watch;
        this.unread = unread;
        this.stream = new ResponseStream(response, embedded, watch);
    }

    /** The body of the request will not be read. To be called before {@link #sendFailure}. */
    void leaveBodyUnread() {
        isBodyUnread = true;
    }

    /** The client is a session now, until the response ends. */
    void becomeSession() {
        if (embedded != null) {
            embedded.becomeSession();
        }
    }

    /** Whether the client has gone before its request was served, as far as the server notices. */
    boolean isAbandoned() {
        return watch.isGone();
    }

    /** Runs a task when the client is gone, as far as the server notices before the response is written. */
    void whenGone(Runnable task) {
        if (embedded != null) {
            embedded.whenClosed(task);
        } else {
            watch.begin(task);
        }
    }

    /**
     * Sends frames, and ends the response. Sends the failure {@code busy} instead if too many bytes wait for slow
     * clients.
     *
     * @param isDue whether the frames are sent in any case, because the client cannot ask for them again
     * @param taken runs when the client has taken the frames, or is gone, as far as the server tells
     */
    void sendFrames(byte[] frames, boolean isDue, Runnable taken) {
        Runnable release = () -> {};
        try {
            boolean isCompressed = acceptsGzip && frames.length >= GZIP_BYTES;
            byte[] body = isCompressed ? compressed(frames) : frames;
            if (embedded == null) {
                release = unread.add(body.length, isDue);
            }
            response.setStatus(HttpServletResponse.SC_OK);
            response.setContentType(FRAMES);
            response.setHeader("Cache-Control", "no-store");
            response.addHeader("Vary", "Accept-Encoding");
            if (isCompressed) {
                response.setHeader("Content-Encoding", "gzip");
            }
            Runnable released = release;
            sendWhole(body, () -> {
                released.run();
                taken.run();
            });
        } catch (ProtocolException e) {
            sendFailure(Failure.of(e), null);
            taken.run();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the client is gone", e);
            end();
            release.run();
            taken.run();
        }
    }

    /** Sends a failure, and ends the response. */
    void sendFailure(Failure failure, String challenge) {
        try {
            Problem problem = Problem.of(failure);
            response.setStatus(problem.status());
            response.setContentType(Problem.MEDIA_TYPE);
            response.setHeader("Cache-Control", "no-store");
            if (failure.retryAfterMs() != null) {
                // Whole seconds, rounded up, so that the client does not repeat the request too early.
                response.setHeader(
                        "Retry-After", String.valueOf(TimeUnit.MILLISECONDS.toSeconds(failure.retryAfterMs() + 999)));
            }
            if (challenge != null) {
                response.setHeader("WWW-Authenticate", challenge);
            }
            byte[] body = (problem.toJson() + "\n").getBytes(StandardCharsets.UTF_8);
            if (isBodyUnread && embedded == null) {
                response.setContentLength(body.length);
                // A write may wait for the client. That must not be on a thread that serves other connections.
                async.start(() -> sendLast(body));
            } else {
                sendWhole(body, () -> {});
            }
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the client is gone", e);
            end();
        }
    }

    /** Begins a stream of events, which goes on until {@link #end}. */
    void beginEvents() {
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        // Otherwise nginx would hold the events back.
        response.setHeader("X-Accel-Buffering", "no");
    }

    /** Sends a small body, which fits into the buffer of the socket, on a thread of the server for requests. */
    private void sendLast(byte[] body) {
        try {
            response.getOutputStream().write(body);
            response.flushBuffer();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the client is gone", e);
        } finally {
            end();
        }
    }

    private void sendWhole(byte[] body, Runnable taken) {
        endSession();
        response.setContentLength(body.length);
        write(body, failure -> {
            taken.run();
            end();
        });
    }

    /** As {@link ResponseStream#writePart}. */
    void writePart(byte[] bytes, Consumer<Throwable> completion) {
        if (hasEnded.get()) {
            completion.accept(new ClosedChannelException());
        } else {
            stream.writePart(bytes, completion);
        }
    }

    /** As {@link ResponseStream#write}. */
    void write(byte[] bytes, Consumer<Throwable> completion) {
        if (hasEnded.get()) {
            completion.accept(new ClosedChannelException());
        } else {
            stream.write(bytes, completion);
        }
    }

    private void endSession() {
        watch.end();
        if (embedded != null) {
            embedded.endSession();
        }
    }

    /** Ends the response to a client that reads nothing of it. */
    void cut() {
        watch.cut();
        end();
    }

    /** Ends the response, once. Nothing is written after it. */
    void end() {
        if (!hasEnded.compareAndSet(false, true)) {
            return;
        }
        endSession();
        stream.end(this::complete);
    }

    private void complete() {
        try {
            LongResponse.end(embedded, watch, async, isBodyUnread);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the request has ended already", e);
        }
    }

    private static byte[] compressed(byte[] body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("a stream in memory failed", e);
        }
        return compressed.toByteArray();
    }
}
