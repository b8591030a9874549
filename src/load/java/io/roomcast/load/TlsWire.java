package io.roomcast.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Queue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;

/**
 * The client's side of TLS. Keeps no buffers but for what is not whole, so that many connections are cheap. One thread
 * reads.
 */
final class TlsWire implements Wire {
    /** Some records at once; each has 17 KiB at most. */
    private static final int BUFFER_BYTES = 64 * 1024;

    private static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[BUFFER_BYTES]);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    /** The beginning of a record. */
    private byte[] kept = {};
    /** Encrypted, and not taken by the socket yet. */
    private ByteBuffer unsent = NOTHING;

    TlsWire(SSLContext context, SocketChannel channel, String host, int port) throws IOException {
        this.channel = channel;
        engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        engine.beginHandshake();
    }

    @Override
    public synchronized int read(ByteBuffer plain) throws IOException {
        ByteBuffer cipher = ByteBuffer.wrap(SCRATCH.get());
        cipher.put(kept);
        if (channel.read(cipher) < 0) {
            return -1;
        }
        cipher.flip();
        int before = plain.position();
        while (cipher.hasRemaining()) {
            SSLEngineResult result = engine.unwrap(cipher, plain);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                return plain.position() == before ? -1 : plain.position() - before;
            }
            work();
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW || isBlocked(result)) {
                break;
            }
        }
        kept = Arrays.copyOfRange(cipher.array(), cipher.position(), cipher.limit());
        return plain.position() - before;
    }

    /** Whether reading goes on only after something was written. */
    private boolean isBlocked(SSLEngineResult result) throws IOException {
        return result.bytesConsumed() == 0
                && (engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP || !flush() || !encrypt(NOTHING));
    }

    private void work() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    @Override
    public synchronized boolean write(Queue<ByteBuffer> plain) throws IOException {
        while (flush()) {
            work();
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> encrypt(NOTHING);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    return true;
                }
                default -> {
                    if (plain.isEmpty()) {
                        return true;
                    }
                    encrypt(plain.element());
                    if (!plain.element().hasRemaining()) {
                        plain.remove();
                    }
                }
            }
        }
        return false;
    }

    /** @return whether the socket took all of it */
    private boolean encrypt(ByteBuffer plain) throws IOException {
        ByteBuffer cipher = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        if (engine.wrap(plain, cipher).getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new IOException("TLS was closed");
        }
        unsent = cipher.flip();
        return flush();
    }

    private boolean flush() throws IOException {
        if (unsent.hasRemaining()) {
            channel.write(unsent);
        }
        return !unsent.hasRemaining();
    }
}
