package io.roomcast.standalone;

import io.roomcast.http.LongResponse;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A connection of the embedded server, from its accept until it becomes a WebSocket or is closed. The {@link
 * ConnectionLimiter} reads and writes all fields under its lock, except {@code beingRead}, {@code tookOutput},
 * {@code newBytes} and {@code tasks}.
 */
final class HttpConnection {

    /** The operations of the TCP connection that the limiter needs. */
    interface Socket {
        /** Whether bytes have arrived that were not read yet. */
        boolean hasUnread();

        /**
         * Whether the client has closed its side of the connection, or sends more although its request is not answered
         * yet. To be called only while nothing else reads the connection.
         */
        boolean hasEnded();

        /** Bytes of output that the network has not taken yet. */
        int queuedBytes();

        /**
         * Whether the system has a file descriptor open for the connection. After the close, it stays open for a
         * moment.
         */
        boolean holdsFileDescriptor();

        /** Closes the connection at once. Queued output is lost. */
        void cut();
    }

    enum State {
        AWAITING_REQUEST,
        /** A request is being processed. */
        PROCESSING,
        /** The request belongs to a session: it waits for messages, or is sent them. */
        SESSION,
        /** The response is complete, and the network has not taken all of it. */
        SENDING_RESPONSE,
        /** The request was rejected. Further input is discarded. */
        REJECTED,
        WEB_SOCKET,
        CLOSED
    }

    final Socket socket;
    final String network;
    State state = State.AWAITING_REQUEST;
    /** When the current state began, in nanoseconds of the limiter's clock. */
    long stateSince;
    /** When the network last took some output, in nanoseconds of the limiter's clock. */
    long progressAt;
    /** The queued output at that time, in bytes. */
    int lastQueuedBytes;
    /** Whether its request counts among the requests that are being processed. */
    boolean countsAsRequest;
    /** Bytes of its response that count among the unsent bytes of all responses. */
    long unsentBytes;
    /** Whether the network has taken a whole part of a response since the limiter looked last. */
    volatile boolean tookOutput;
    /** Bytes of a long response that were written since the limiter looked last. */
    final AtomicLong newBytes = new AtomicLong();
    /** How many of these bytes a slow reader has not read yet. */
    private long unreadBytes;
    /** When the limiter looked last. */
    private long lookedAt;
    /** Whether input is being read now. The connection is then not idle, although no input is unread. */
    volatile boolean beingRead;
    /** Runs when the connection is closed before its response is complete; null for nothing. */
    volatile Runnable whenClosed;
    /** The processing of its requests. Later parts of a body are read after the head has been processed. */
    final TaskSequence tasks = new TaskSequence();

    /** @param network the client's address, in the form that the limits for one address count */
    HttpConnection(Socket socket, String network) {
        this.socket = socket;
        this.network = network;
    }

    /** Whether the network has taken no output for this long, although there was some. */
    boolean hasStalled(long now, long nanos) {
        int queuedBytes = socket.queuedBytes();
        double seconds = (now - lookedAt) / (double) TimeUnit.SECONDS.toNanos(1);
        unreadBytes =
                Math.max(0, unreadBytes - (long) (seconds * LongResponse.SLOW_READER_BYTES)) + newBytes.getAndSet(0);
        unreadBytes = Math.min(unreadBytes, LongResponse.MOST_UNREAD_BYTES);
        lookedAt = now;
        // The queue is as long as before if one part was taken, and the next one is of the same length.
        boolean tookPart = tookOutput;
        tookOutput = false;
        if (queuedBytes == 0 || queuedBytes != lastQueuedBytes || tookPart) {
            lastQueuedBytes = queuedBytes;
            progressAt = now;
            return false;
        }
        return now - progressAt >= nanos && unreadBytes == 0;
    }

    boolean isIdle() {
        return state == State.AWAITING_REQUEST && !beingRead && !socket.hasUnread();
    }
}
