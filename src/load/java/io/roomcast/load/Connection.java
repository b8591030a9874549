package io.roomcast.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import javax.net.ssl.SSLContext;

/**
 * One WebSocket connection that blocks nobody.
 *
 * <p><b>Concurrency.</b> Its loop's thread connects, reads and calls the listener. Any thread sends; what the socket
 * does not take waits in {@code unsent}, guarded by this object's monitor.
 */
final class Connection {
    private static final byte[] NOTHING = {};
    private static final int LONGEST_HEAD = 16 * 1024;

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

    private final URI uri;
    private final SSLContext trust;
    private final Listener listener;
    private final FrameReader frames = new FrameReader();
    private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
    private SocketChannel channel;
    private Wire wire;
    private SelectionKey key;
    private byte[] kept = NOTHING;
    private long readAt;
    private boolean upgraded;
    private boolean closed;

    /** @param trust for addresses with TLS */
    Connection(URI uri, SSLContext trust, Listener listener) {
        this.uri = uri;
        this.trust = trust;
        this.listener = listener;
    }

    /** On the loop's thread. */
    void connect(EventLoop loop) {
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            wire = isTls() ? new TlsWire(trust, channel, uri.getHost(), port()) : new Wire.Plain(channel);
            boolean connected = channel.connect(new InetSocketAddress(uri.getHost(), port()));
            key = channel.register(loop.selector(), SelectionKey.OP_CONNECT, this);
            if (connected) {
                shakeHands();
            }
        } catch (IOException | RuntimeException e) {
            end(0, "connect: " + e);
        }
    }

    private boolean isTls() {
        return uri.getScheme().equals("wss");
    }

    private int port() {
        return uri.getPort() >= 0 ? uri.getPort() : isTls() ? 443 : 80;
    }

    void ready(SelectionKey selected, EventLoop loop) {
        try {
            if (selected.isConnectable() && channel.finishConnect()) {
                shakeHands();
            } else {
                if (selected.isWritable()) {
                    write();
                }
                if (selected.isReadable()) {
                    read(loop);
                }
            }
        } catch (CancelledKeyException e) {
            end(0, "closed");
        } catch (IOException e) {
            end(0, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private void shakeHands() throws IOException {
        key.interestOps(SelectionKey.OP_READ);
        String request = "GET " + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                + " HTTP/1.1\r\nHost: " + uri.getHost() + ":" + port()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                + "\r\nSec-WebSocket-Key: bG9hZCB0ZXN0ZXIga2V5IQ==\r\nSec-WebSocket-Protocol: roomcast.v1\r\n\r\n";
        write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    }

    private void read(EventLoop loop) throws IOException {
        byte[] bytes = loop.buffer(kept);
        ByteBuffer buffer = ByteBuffer.wrap(bytes, kept.length, bytes.length - kept.length);
        int count = wire.read(buffer);
        readAt = System.nanoTime();
        if (count < 0) {
            end(0, upgraded ? "the connection broke" : "the connection ended in the handshake");
            return;
        }
        if (isTls()) {
            // What came may be an answer that TLS was waiting for.
            write();
        }
        int end = buffer.position();
        int begin = upgraded ? 0 : head(bytes, end);
        if (begin >= 0 && !closed) {
            begin = frames.read(bytes, begin, end, this::frame);
        }
        kept = begin == end || closed ? NOTHING : Arrays.copyOfRange(bytes, Math.max(begin, 0), end);
    }

    /** @return where the head ends, or -1 where there is more to come */
    private int head(byte[] bytes, int end) {
        String head = new String(bytes, 0, Math.min(end, LONGEST_HEAD), StandardCharsets.ISO_8859_1);
        int length = head.indexOf("\r\n\r\n");
        if (length < 0) {
            if (end > LONGEST_HEAD) {
                end(0, "no HTTP answer");
            }
            return -1;
        }
        String status = head.substring(0, head.indexOf("\r\n"));
        if (!status.contains(" 101")) {
            end(0, "refused: " + status);
            return -1;
        }
        upgraded = true;
        listener.opened();
        return length + 4;
    }

    private void frame(int opcode, byte[] bytes, int from, int to) {
        switch (opcode) {
            case FrameReader.TEXT -> listener.text(bytes, from, to, readAt);
            case FrameReader.PING -> send(FrameReader.PONG, Arrays.copyOfRange(bytes, from, to));
            case FrameReader.CLOSE -> {
                int code = to - from >= 2 ? (bytes[from] & 255) << 8 | bytes[from + 1] & 255 : 1005;
                String why = to - from > 2 ? new String(bytes, from + 2, to - from - 2, StandardCharsets.UTF_8) : "";
                send(FrameReader.CLOSE, Arrays.copyOfRange(bytes, from, Math.min(to, from + 2)));
                end(code, why);
            }
            default -> {}
        }
    }

    void send(String text) {
        send(FrameReader.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private void send(int opcode, byte[] payload) {
        try {
            write(FrameReader.masked(opcode, payload));
        } catch (IOException | CancelledKeyException e) {
            // The loop's thread finds out by reading.
        }
    }

    private synchronized void write(ByteBuffer bytes) throws IOException {
        unsent.add(bytes);
        if (unsent.size() == 1) {
            write();
        }
    }

    private synchronized void write() throws IOException {
        boolean done = wire.write(unsent);
        if (done == ((key.interestOps() & SelectionKey.OP_WRITE) != 0)) {
            key.interestOps(done ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            key.selector().wakeup();
        }
    }

    /** Says goodbye, and ends. On the loop's thread. */
    void close() {
        if (upgraded && !closed) {
            send(FrameReader.CLOSE, new byte[] {3, (byte) 0xe8});
        }
        end(1000, "");
    }

    /** Ends without a close frame. On the loop's thread. */
    void abort() {
        end(1006, "");
    }

    private void end(int code, String why) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It is gone either way.
        }
        listener.closed(code, why);
    }
}
