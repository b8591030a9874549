package io.roomcast.standalone;

/**
 * One connection that is no session, or not yet. It is somebody's turn at any time: the client's, to send a request; ours, to answer it; or the network's, to take the answer.
 * The fields but {@code inHand} and {@code work} belong to the door, and are read and written under its lock.
 */
final class Visit {

    /** What the door has to know of a connection, and to be able to do to it. */
    interface Line {
        /** Whether something has come that nobody has read. */
        boolean hasUnread();

        /** Bytes that the network has yet to take. */
        int queued();

        /** Whether the system has a file open for it: for a moment after its end, too. */
        boolean holdsFile();

        /** Ends the connection at once, whatever it has to send. */
        void cut();
    }

    enum Turn {
        CLIENT,
        OURS,
        NETWORK,
        LEAVING,
        SESSION,
        GONE
    }

    final Line line;
    final String network;
    Turn turn = Turn.CLIENT;
    /** When its turn began. */
    long since;
    /** When the network last took something, and what it had left then. */
    long movedAt;

    int left;
    /** Whether its request counts among those that are worked on. */
    boolean counted;
    /** Bytes of its answer that count among those that wait. */
    long held;
    /** Whether what came is being read at this moment: it is not silent then, though nothing of it is unread. */
    volatile boolean inHand;
    /** What is worked on of its requests: what comes of a body comes after what is done with the head. */
    final InOrder work = new InOrder();

    Visit(Line line, String network) {
        this.line = line;
        this.network = network;
    }

    boolean isSilent() {
        return turn == Turn.CLIENT && !inHand && !line.hasUnread();
    }
}
