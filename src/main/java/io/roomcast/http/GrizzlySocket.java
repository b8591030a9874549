package io.roomcast.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * What Grizzly does not tell of a connection that it does not read from. To be called while nothing else reads the
 * connection. This class cannot be linked on servers without Grizzly. Any thread.
 */
public final class GrizzlySocket {
    private GrizzlySocket() {}

    /** Whether bytes have arrived that were not read yet. */
    public static boolean hasUnread(NIOConnection connection) {
        try {
            return channel(connection).socket().getInputStream().available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the client has closed its side of the connection, or has sent a byte, which is lost then. */
    public static boolean hasEnded(NIOConnection connection) {
        try {
            return channel(connection).read(ByteBuffer.allocate(1)) != 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static SocketChannel channel(NIOConnection connection) {
        return (SocketChannel) connection.getChannel();
    }
}
