package io.roomcast.support.redis;

import io.roomcast.redis.connection.RedisSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A way to Redis on which what it says to one purpose of a node (publish, read, subscribe) can be held back: the
 * connection stays, and is deaf. New connections can be led to another server, while those that are open stay.
 */
public final class HeldLines implements AutoCloseable {
    private volatile int target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<Socket, StringBuilder> clients = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "held-lines");
        thread.setDaemon(true);
        return thread;
    });
    /** Null while nothing is held. */
    private String held;

    public HeldLines(RedisProcess redis) {
        target = redis.port();
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public RedisSettings settings() {
        return RedisSettings.parse("redis://127.0.0.1:" + port());
    }

    public int port() {
        return listener.getLocalPort();
    }

    public synchronized void hold(String purpose) {
        held = ":" + purpose;
    }

    public synchronized void release() {
        held = null;
        notifyAll();
    }

    public void lead(RedisProcess redis) {
        target = redis.port();
    }

    public synchronized void cut(String purpose) throws IOException {
        for (Map.Entry<Socket, StringBuilder> client : clients.entrySet()) {
            if (client.getValue().indexOf(":" + purpose) >= 0) {
                client.getKey().close();
            }
        }
    }

    private synchronized void await(StringBuilder said) throws InterruptedException {
        while (held != null && said.indexOf(held) >= 0) {
            wait();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                connect(client);
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            client.close(); // Redis is away.
            return;
        }
        sockets.add(server);
        StringBuilder said = new StringBuilder();
        clients.put(client, said);
        threads.execute(() -> pump(client, server, said, true));
        threads.execute(() -> pump(server, client, said, false));
    }

    private void pump(Socket from, Socket to, StringBuilder said, boolean listens) {
        byte[] buffer = new byte[16 * 1024];
        try (from;
                to;
                InputStream in = from.getInputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                synchronized (this) {
                    if (listens && said.length() < 1_000) {
                        said.append(new String(buffer, 0, Math.min(read, 1_000), StandardCharsets.ISO_8859_1));
                    }
                }
                if (!listens) {
                    await(said);
                }
                to.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One end is gone, and both go.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        release();
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
