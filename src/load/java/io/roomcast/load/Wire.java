package io.roomcast.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Queue;

/**
 * How plain bytes pass between a connection and its socket, which blocks nobody. Any thread; calls of one wire come one
 * at a time.
 */
interface Wire {

    /** As {@link SocketChannel#read}: what came, 0 for nothing, -1 for the end. */
    int read(ByteBuffer plain) throws IOException;

    /**
     * Writes what the socket takes; what is written is taken from the queue.
     *
     * @return whether there is nothing left that the socket would have to take first
     */
    boolean write(Queue<ByteBuffer> plain) throws IOException;

    /** Without TLS. */
    record Plain(SocketChannel channel) implements Wire {

        @Override
        public int read(ByteBuffer plain) throws IOException {
            return channel.read(plain);
        }

        @Override
        public boolean write(Queue<ByteBuffer> plain) throws IOException {
            while (!plain.isEmpty()) {
                channel.write(plain.element());
                if (plain.element().hasRemaining()) {
                    return false;
                }
                plain.remove();
            }
            return true;
        }
    }
}
