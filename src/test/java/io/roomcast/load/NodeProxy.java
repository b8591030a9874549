package io.roomcast.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ServerSocketFactory;

/**
 * Stands between a tester and a node, on a loopback port of its own. A thread for each direction of a connection; when
 * one of them ends, so does the connection.
 */
final class NodeProxy implements AutoCloseable {
    /** How what comes from one side gets to the other, until there is no more. */
    interface Way {
        void pass(InputStream from, OutputStream to) throws IOException;
    }

    private interface Work {
        void run() throws IOException;
    }

    private final int nodePort;
    private final Way answers;
    private final ServerSocket listening;

    /** @param sockets what testers connect to: plain ones, or those of TLS */
    NodeProxy(ServerSocketFactory sockets, int nodePort, Way answers) {
        this.nodePort = nodePort;
        this.answers = answers;
        try {
            listening = sockets.createServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private static void run(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One side is gone.
                    }
                },
                "node-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket node = new Socket(InetAddress.getLoopbackAddress(), nodePort);
            run(() -> pass(client, node, InputStream::transferTo));
            run(() -> pass(node, client, answers));
        }
    }

    private static void pass(Socket from, Socket to, Way how) throws IOException {
        try (from;
                to) {
            how.pass(from.getInputStream(), to.getOutputStream());
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
