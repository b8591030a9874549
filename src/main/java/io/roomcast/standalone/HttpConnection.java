package io.roomcast.standalone;

/**
 * A connection of the embedded server from its accept on, until it becomes a WebSocket or is closed. All fields but
 * {@code beingRead} and {@code tasks} belong to the {@link ConnectionLimiter}, which reads and writes them under its
 * lock.
 */
final class HttpConnection {

    /** The TCP connection, as far as the limiter needs it. */
    interface Socket {
        /** Whether bytes have arrived that were not read yet. */
        boolean hasUnread();

        /** Bytes of output that the network has not taken yet. */
        int queued();

        /** Whether the system has a file open for the connection. That is so for a moment after the close, too. */
        boolean holdsFile();

        /** Closes the connection at once; queued output is lost. */
        void cut();
    }

    enum State {
        AWAITING_REQUEST,
        /** A request is being worked on. */
        PROCESSING,
        /** The response is complete; the network has to take it. */
        SENDING_RESPONSE,
        /** The request was rejected. What the client still sends is discarded. */
        REJECTED,
        WEB_SOCKET,
        CLOSED
    }

    final Socket socket;
    final String network;
    State state = State.AWAITING_REQUEST;
    /** When the state began, in nanoseconds of the limiter's clock. */
    long since;
    /** When the network last took some output. */
    long movedAt;
    /** The queued output at that time, in bytes. */
    int left;
    /** Whether the request counts among those that are being worked on. */
    boolean counted;
    /** Bytes of the response that count among those that wait. */
    long held;
    /** Whether input is being read at this moment. The connection is not idle then, although no input is unread. */
    volatile boolean beingRead;
    /** The work on its requests. A later part of a body is read after the work on the head is done. */
    final TaskSequence tasks = new TaskSequence();

    /** @param network the client's address, as limits for one address count it */
    HttpConnection(Socket socket, String network) {
        this.socket = socket;
        this.network = network;
    }

    boolean isIdle() {
        return state == State.AWAITING_REQUEST && !beingRead && !socket.hasUnread();
    }
}
