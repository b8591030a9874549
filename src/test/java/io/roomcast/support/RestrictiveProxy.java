package io.roomcast.support;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * An HTTP proxy before one or more nodes, as restrictive as those between some people and the world. Each request goes
 * to the next node in turn, over a connection of its own; a node that does not listen is left out.
 */
public final class RestrictiveProxy implements AutoCloseable {

    /**
     * What the proxy does besides.
     *
     * @param refusesUpgrades answers 400 to a handshake
     * @param buffers passes an answer on when it has come whole
     * @param longestAnswer after this long an answer is cut off; null for never
     * @param longestSilence after this long without a byte a connection is cut; null for never
     */
    public record Rules(boolean refusesUpgrades, boolean buffers, Duration longestAnswer, Duration longestSilence) {
        public static final Rules NONE = new Rules(false, false, null, null);
        public static final Rules NO_UPGRADES = new Rules(true, false, null, null);

        public static Rules bufferAndCutAfter(Duration longestAnswer) {
            return new Rules(false, true, longestAnswer, null);
        }

        public static Rules cutSilenceAfter(Duration longestSilence) {
            return new Rules(false, false, null, longestSilence);
        }
    }

    private static final int LONGEST_HEAD = 64 * 1024;
    private static final int POLL_MILLIS = 50;

    private final List<URI> nodes;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger handshakes = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicLongArray served;
    private volatile Rules rules;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "restrictive-proxy");
        thread.setDaemon(true);
        return thread;
    });

    private RestrictiveProxy(Rules rules, List<URI> nodes) throws IOException {
        this.rules = rules;
        this.nodes = nodes;
        served = new AtomicLongArray(nodes.size());
        listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    public static RestrictiveProxy before(Rules rules, URI... nodes) throws IOException {
        return new RestrictiveProxy(rules, List.of(nodes));
    }

    /** The address of the nodes through this proxy. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
    }

    /** For connections that come from now on. */
    public void follow(Rules others) {
        rules = others;
    }

    /** How many handshakes of WebSockets have come. */
    public int handshakes() {
        return handshakes.get();
    }

    /** How often something was cut by the rules. */
    public int cuts() {
        return cuts.get();
    }

    /** How many requests a node was given. */
    public long served(int node) {
        return served.get(node);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(RestrictiveProxy::closeQuietly);
        threads.shutdownNow();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        Rules mine = rules;
        sockets.add(client);
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            String head = readHead(in);
            if (head.isEmpty()) {
                return;
            }
            boolean isHandshake = head.toLowerCase(Locale.ROOT).contains("\r\nupgrade:");
            if (isHandshake) {
                handshakes.incrementAndGet();
            }
            if (isHandshake && mine.refusesUpgrades) {
                answer(client, "400 Bad Request");
                return;
            }
            try (Socket node = connect()) {
                if (node == null) {
                    answer(client, "502 Bad Gateway");
                    return;
                }
                sockets.add(node);
                String passedOn = isHandshake
                        ? head
                        : head.replaceAll("(?i)\r\nconnection:[^\r]*", "")
                                .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n");
                node.getOutputStream().write(passedOn.getBytes(StandardCharsets.ISO_8859_1));
                new Exchange(mine, client, in, node).run();
                sockets.remove(node);
            }
        } catch (IOException e) {
            // One of them is gone, or was cut: the other one sees that.
        } finally {
            sockets.remove(client);
        }
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int last = 0, read = in.read(); read >= 0 && head.size() < LONGEST_HEAD; read = in.read()) {
            head.write(read);
            last = last << 8 | read;
            if (last == 0x0D0A0D0A) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    private static void answer(Socket client, String status) throws IOException {
        String answer = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A connection to the next node that listens; null if none does. */
    @SuppressWarnings("resource") // the caller closes it
    private Socket connect() {
        for (int tries = 0; tries < nodes.size(); tries++) {
            int node = Math.floorMod(next.getAndIncrement(), nodes.size());
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(
                        nodes.get(node).getHost(), nodes.get(node).getPort()));
                served.incrementAndGet(node);
                return socket;
            } catch (IOException e) {
                closeQuietly(socket);
            }
        }
        return null;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    /** One request with its answer, or one WebSocket. */
    private final class Exchange {
        private final Rules rules;
        private final Socket client;
        private final InputStream fromClient;
        private final Socket node;
        private final long startedAt = System.nanoTime();
        private final AtomicLong heardAt = new AtomicLong(startedAt);

        Exchange(Rules rules, Socket client, InputStream fromClient, Socket node) {
            this.rules = rules;
            this.client = client;
            this.fromClient = fromClient;
            this.node = node;
        }

        void run() throws IOException {
            client.setSoTimeout(POLL_MILLIS);
            node.setSoTimeout(POLL_MILLIS);
            threads.execute(this::passRequest);
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            pass(node.getInputStream(), rules.buffers ? whole : client.getOutputStream());
            client.getOutputStream().write(whole.toByteArray());
        }

        private void passRequest() {
            try (client;
                    node) {
                pass(fromClient, node.getOutputStream());
            } catch (IOException e) {
                // The other direction ends with it.
            }
        }

        private void pass(InputStream from, OutputStream to) throws IOException {
            byte[] buffer = new byte[16 * 1024];
            while (true) {
                try {
                    int read = from.read(buffer);
                    if (read < 0) {
                        return;
                    }
                    heardAt.set(System.nanoTime());
                    to.write(buffer, 0, read);
                } catch (SocketTimeoutException e) {
                    requireTime();
                }
            }
        }

        private void requireTime() throws IOException {
            long now = System.nanoTime();
            if (isOver(rules.longestAnswer, now - startedAt) || isOver(rules.longestSilence, now - heardAt.get())) {
                cuts.incrementAndGet();
                throw new IOException("cut");
            }
        }

        private boolean isOver(Duration longest, long nanos) {
            return longest != null && nanos > longest.toNanos();
        }
    }
}
