package io.roomcast.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy before a server, as a network that can fail. A cut breaks all connections, and new ones break at once
 * until {@link #mend}. It can also delay what it passes on.
 */
public final class CuttableProxy implements AutoCloseable {

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "cuttable-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean cut;
    private volatile long delayMillis;

    private CuttableProxy(int port, URI server) throws IOException {
        target = new InetSocketAddress(server.getHost(), server.getPort());
        listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    public static CuttableProxy before(URI server) throws IOException {
        return at(0, server);
    }

    /** @param port of the proxy, for a server that tells its clients where it is; 0 for any that is free */
    public static CuttableProxy at(int port, URI server) throws IOException {
        return new CuttableProxy(port, server);
    }

    /** The address of the server through this proxy. */
    public URI uri() {
        return URI.create("http://localhost:" + listener.getLocalPort() + "/");
    }

    public void cut() {
        cut = true;
        sockets.forEach(CuttableProxy::closeQuietly);
    }

    public void mend() {
        cut = false;
    }

    /** From now on each piece is delayed by this time; 0 for none. */
    public void slow(long millis) {
        delayMillis = millis;
    }

    /** The port of {@link #uri}. */
    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
        threads.shutdownNow();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                threads.execute(() -> connect(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        sockets.add(client);
        sockets.add(server);
        try {
            // Looked at after both are known, so that a cut misses none.
            if (cut) {
                throw new IOException("cut");
            }
            server.connect(target);
            threads.execute(() -> pump(server, client));
            pump(client, server);
        } catch (IOException e) {
            end(client, server);
        }
    }

    private void pump(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[16 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (delayMillis > 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMillis));
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // Cut, or closed by an end: both sides see the same.
        } finally {
            end(from, to);
        }
    }

    private void end(Socket one, Socket other) {
        closeQuietly(one);
        closeQuietly(other);
        sockets.remove(one);
        sockets.remove(other);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
