package io.roomcast.http.api;

import io.roomcast.http.ConnectionWatch;
import io.roomcast.http.LongResponse;
import io.roomcast.http.ResponseStream;
import io.roomcast.node.Threads;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;

/**
 * Sends an answer of any length, part by part, at the pace of its reader. The next part is asked for when the server has
 * taken the one before. A client that takes nothing for too long, or leaves, ends it. What ends early ends without the
 * last chunk, so that no client takes it for whole.
 *
 * <p><b>Concurrency.</b> No thread waits. One part is on its way at a time, so that each step happens after the one
 * before. Only {@link #end} may be called at any time, by the timer or when the connection ends.
 */
final class StreamedAnswer {
    private static final Logger LOG = System.getLogger(StreamedAnswer.class.getName());

    /** How much is given to an application server at once. */
    private static final int PIECE_BYTES = 16 << 10;

    private final ApiAnswer.Parts parts;
    private final AsyncContext async;
    private final LongResponse embedded;
    private final HttpServletResponse response;
    private final ConnectionWatch watch;
    private final ResponseStream stream;
    private final Threads threads;
    private final long unreadMillis;
    private final AtomicBoolean hasEnded = new AtomicBoolean();
    private final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    /** Null if the client takes no gzip. */
    private GZIPOutputStream gzip;
    /** Of the body until now. */
    private long sentBytes;

    /**
     * @param embedded null on an application server
     * @param unreadMillis how long the client of an application server may take nothing; 0 for ever. The embedded server
     *     looks after that itself
     */
    StreamedAnswer(
            ApiAnswer.Parts parts,
            AsyncContext async,
            HttpServletResponse response,
            LongResponse embedded,
            ConnectionWatch watch,
            Threads threads,
            long unreadMillis) {
        this.parts = parts;
        this.async = async;
        this.response = response;
        this.embedded = embedded;
        this.watch = watch;
        this.stream = new ResponseStream(response, embedded, watch);
        this.threads = threads;
        this.unreadMillis = embedded == null ? unreadMillis : 0;
    }

    /**
     * Begins to send. The head of the response must be complete, but for the coding.
     *
     * @param isCompressed whether the client takes gzip
     * @param isHead whether only the head is sent
     */
    void begin(boolean isCompressed, boolean isHead) throws IOException {
        response.addHeader("Vary", "Accept-Encoding");
        if (isCompressed) {
            response.setHeader("Content-Encoding", "gzip");
            gzip = new GZIPOutputStream(compressed, true);
        }
        if (isHead) {
            end();
            return;
        }
        if (embedded != null) {
            embedded.sendInSmallSteps();
            embedded.whenClosed(this::end);
        } else {
            watch.begin(this::end);
        }
        send(parts.first());
    }

    private void sendNext() {
        var unused = parts.next().thenAccept(this::send).whenComplete((sent, failure) -> {
            if (failure != null) {
                LOG.log(Level.WARNING, "A long answer of the server API ends early", failure);
                cut();
            }
        });
    }

    /** @param part null after the last one */
    private void send(byte[] part) {
        if (hasEnded.get()) {
            return;
        }
        byte[] bytes = part == null ? lastBytes() : coded(part);
        if (bytes.length == 0) {
            if (part == null) {
                end();
            } else {
                sendNext();
            }
            return;
        }
        sendPieces(bytes, 0, part == null);
    }

    /** In pieces, because each one that the server takes shows that the client reads. */
    private void sendPieces(byte[] bytes, int from, boolean isLastPart) {
        int to = embedded == null ? Math.min(bytes.length, from + PIECE_BYTES) : bytes.length;
        sentBytes += to - from;
        Future<?> timeout = cutIfUnread();
        if (embedded != null) {
            embedded.allowToRead(to - from);
        }
        stream.writePart(Arrays.copyOfRange(bytes, from, to), failure -> {
            if (timeout != null) {
                timeout.cancel(false);
            }
            if (failure != null) {
                LOG.log(Level.DEBUG, "the client is gone", failure);
                cut();
            } else if (hasEnded.get()) {
                LOG.log(Level.DEBUG, "the answer was cut");
            } else if (to < bytes.length) {
                sendPieces(bytes, to, isLastPart);
            } else if (isLastPart) {
                end();
            } else {
                sendNext();
            }
        });
    }

    /** @return null if there is no time limit */
    private Future<?> cutIfUnread() {
        if (unreadMillis == 0) {
            return null;
        }
        // The system of the client may have taken as much, and takes nothing more until the client has read some of it.
        long unread = Math.min(sentBytes, LongResponse.MOST_UNREAD_BYTES);
        long millis = unreadMillis + TimeUnit.SECONDS.toMillis(unread) / LongResponse.SLOW_READER_BYTES;
        try {
            return threads.timer().schedule(() -> threads.pool().execute(this::cut), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return null; // The node stops.
        }
    }

    private byte[] coded(byte[] part) {
        if (gzip == null || part.length == 0) {
            return part;
        }
        try {
            gzip.write(part);
            gzip.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("a stream in memory failed", e);
        }
        return taken();
    }

    private byte[] lastBytes() {
        if (gzip == null) {
            return new byte[0];
        }
        try {
            gzip.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a stream in memory failed", e);
        }
        return taken();
    }

    private byte[] taken() {
        byte[] bytes = compressed.toByteArray();
        compressed.reset();
        return bytes;
    }

    /** Ends the response early, so that the client sees that it is not whole. */
    private void cut() {
        if (!hasEnded.get()) {
            stream.cut();
        }
        end();
    }

    /** Ends the response, once. */
    void end() {
        if (!hasEnded.compareAndSet(false, true)) {
            return;
        }
        parts.close();
        watch.end();
        stream.end(this::complete);
    }

    private void complete() {
        try {
            LongResponse.end(embedded, ConnectionWatch.NONE, async, false);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the request has ended already", e);
        }
    }
}
