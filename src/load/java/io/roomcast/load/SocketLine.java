package io.roomcast.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import javax.net.ssl.SSLContext;

/**
 * One TCP connection to a node, with TLS or without, which blocks nobody.
 *
 * <p><b>Concurrency.</b> Its loop's thread connects, reads and ends. Any thread writes; what the socket does not take
 * waits in {@code unsent}, guarded by this object's monitor.
 */
abstract class SocketLine {
    private static final byte[] NOTHING = {};

    private final URI uri;
    private final SSLContext trust;
    private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
    private SocketChannel channel;
    private Wire wire;
    private SelectionKey key;
    private byte[] kept = NOTHING;
    private boolean closed;

    /** @param trust for addresses with TLS */
    SocketLine(URI uri, SSLContext trust) {
        this.uri = uri;
        this.trust = trust;
    }

    /** The socket is connected. */
    protected abstract void connected() throws IOException;

    /**
     * Bytes of a buffer that is used again afterwards.
     *
     * @return where the part begins that is not whole yet, and comes again with more behind it
     */
    protected abstract int received(byte[] bytes, int begin, int end, long readAt);

    /** The end, once. */
    protected abstract void ended(int code, String why);

    /** What the end of the connection means that the node did not announce. */
    protected abstract String broken();

    /** On the loop's thread. */
    public void connect(EventLoop loop) {
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            wire = isTls() ? new TlsWire(trust, channel, uri.getHost(), port()) : new Wire.Plain(channel);
            boolean connected = channel.connect(new InetSocketAddress(uri.getHost(), port()));
            key = channel.register(loop.selector(), SelectionKey.OP_CONNECT, this);
            if (connected) {
                begin();
            }
        } catch (IOException | RuntimeException e) {
            end(0, "connect: " + e);
        }
    }

    private void begin() throws IOException {
        key.interestOps(SelectionKey.OP_READ);
        connected();
    }

    private boolean isTls() {
        return uri.getScheme().equals("wss");
    }

    private int port() {
        return uri.getPort() >= 0 ? uri.getPort() : isTls() ? 443 : 80;
    }

    /** For the header {@code Host}. */
    protected final String host() {
        return uri.getHost() + ":" + port();
    }

    protected final URI uri() {
        return uri;
    }

    final void ready(SelectionKey selected, EventLoop loop) {
        try {
            if (selected.isConnectable() && channel.finishConnect()) {
                begin();
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

    private void read(EventLoop loop) throws IOException {
        byte[] bytes = loop.buffer(kept);
        ByteBuffer buffer = ByteBuffer.wrap(bytes, kept.length, bytes.length - kept.length);
        int count = wire.read(buffer);
        long readAt = System.nanoTime();
        if (count < 0) {
            end(0, broken());
            return;
        }
        if (isTls()) {
            // What came may be an answer that TLS was waiting for.
            write();
        }
        int end = buffer.position();
        int begin = received(bytes, 0, end, readAt);
        kept = begin == end || closed ? NOTHING : Arrays.copyOfRange(bytes, begin, end);
    }

    protected final synchronized void write(ByteBuffer bytes) throws IOException {
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

    protected final boolean isClosed() {
        return closed;
    }

    /** On the loop's thread. Idempotent. */
    protected final void end(int code, String why) {
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
        ended(code, why);
    }
}
