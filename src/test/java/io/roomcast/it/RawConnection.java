package io.roomcast.it;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A TCP connection to a server, for those who do not even get as far as a WebSocket. A server may close it at any time.
 */
final class RawConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 2_000;

    private final Socket socket;

    RawConnection(URI server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** One that is cut after a while, whoever may wait for it then. */
    static RawConnection cutAfter(URI server, long millis) throws IOException {
        RawConnection connection = new RawConnection(server);
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(() -> {
            try {
                connection.cut();
            } catch (IOException e) {
                // It is closed already.
            }
        });
        return connection;
    }

    void write(byte[] bytes, int from, int to) throws IOException {
        socket.getOutputStream().write(bytes, from, to - from);
        socket.getOutputStream().flush();
    }

    void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    /** Reads and forgets what comes, until there is nothing more. */
    void readSome() throws IOException {
        byte[] buffer = new byte[8_192];
        int unused = socket.getInputStream().read(buffer);
    }

    /** Without a goodbye of TCP's: the other side hears of it when it writes, or not at all. */
    void cut() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
