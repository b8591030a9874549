package io.roomcast.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import javax.net.ssl.SSLContext;

/** Takes TLS off for a node, as a load balancer does. Two threads for each connection. */
final class TlsFront implements AutoCloseable {
    private final int nodePort;
    private final ServerSocket listening;

    TlsFront(SSLContext certificate, int nodePort) {
        this.nodePort = nodePort;
        try {
            listening =
                    certificate.getServerSocketFactory().createServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run(this::accept);
    }

    URI uri() {
        return URI.create("wss://127.0.0.1:" + listening.getLocalPort() + "/");
    }

    private interface Copying {
        void run() throws IOException;
    }

    private static void run(Copying copying) {
        Thread thread = new Thread(
                () -> {
                    try {
                        copying.run();
                    } catch (IOException e) {
                        // One side is gone.
                    }
                },
                "tls-front");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket node = new Socket(InetAddress.getLoopbackAddress(), nodePort);
            run(() -> pass(client, node));
            run(() -> pass(node, client));
        }
    }

    private static void pass(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
