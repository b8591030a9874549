package io.roomcast.load;

/**
 * One member's way to a node, which blocks nobody.
 *
 * <p><b>Concurrency.</b> Its loop's thread connects, reads and calls the listener. Any thread sends.
 */
interface Connection {

    /** Called on the loop's thread. */
    interface Listener {
        void opened();

        /**
         * Part of a buffer that is used again afterwards.
         *
         * @param readAt when it was read from the socket, in this process's nanoseconds
         */
        void text(byte[] bytes, int from, int to, long readAt);

        /**
         * The end, once.
         *
         * @param code of the close frame; 0 where none came, {@code why} says more then
         */
        void closed(int code, String why);
    }

    /** On the loop's thread. */
    void connect(EventLoop loop);

    /** Sends a frame. */
    void send(String text);

    /** Says goodbye, and ends. On the loop's thread. */
    void close();

    /** Ends without a word. On the loop's thread. */
    void abort();
}
