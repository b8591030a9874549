package io.roomcast.support;

import io.roomcast.load.Trust;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The WebSocket client that speaks frames byte by byte, for what no library would send: fragments without end, frames
 * of any size and opcode, text that is not UTF-8, and connections that break in the middle. {@link MessageSocket} is
 * for everything else. Used by one thread.
 */
public final class RawWebSocket implements AutoCloseable {
    public static final int CONTINUATION = 0x0;
    public static final int TEXT = 0x1;
    public static final int BINARY = 0x2;
    public static final int CLOSE = 0x8;
    public static final int PING = 0x9;
    public static final int PONG = 0xA;

    /** Stands for a close code where the connection broke without a close frame. */
    public static final int NO_CLOSE_FRAME = 1006;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private volatile SocketException reset;

    /** A frame as it came. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Received(int opcode, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        public int closeCode() {
            return payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }
    }

    private RawWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    public static RawWebSocket connect(URI uri) {
        return connect(uri, 0);
    }

    /** @param early bytes that are sent in one with the handshake */
    public static RawWebSocket connectWith(URI uri, byte[] early) {
        return connect(uri, 0, "", early);
    }

    /** @param extension that the server has to accept; frames are read as they come, not decoded */
    public static RawWebSocket connect(URI uri, String extension) {
        return connect(uri, 0, extension);
    }

    /** @param receiveBuffer bytes that the network keeps for a client that does not read; 0 for as many as usual */
    public static RawWebSocket connect(URI uri, int receiveBuffer) {
        return connect(uri, receiveBuffer, "");
    }

    private static RawWebSocket connect(URI uri, int receiveBuffer, String extension) {
        return connect(uri, receiveBuffer, extension, new byte[0]);
    }

    private static RawWebSocket connect(URI uri, int receiveBuffer, String extension, byte[] early) {
        try {
            Socket socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(RoomClient.PATIENCE_SECONDS));
            RawWebSocket raw = new RawWebSocket(uri.getScheme().equals("wss") ? encrypted(socket, uri) : socket);
            raw.shakeHands(uri, extension, early);
            return raw;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket encrypted(Socket plain, URI uri) throws IOException {
        return Trust.context(true).getSocketFactory().createSocket(plain, uri.getHost(), uri.getPort(), true);
    }

    private void shakeHands(URI uri, String extension, byte[] early) throws IOException {
        Handshake handshake = Handshake.to(uri)
                .header("Sec-WebSocket-Protocol", MessageSocket.V1)
                .behind(early);
        if (!extension.isEmpty()) {
            handshake.header("Sec-WebSocket-Extensions", extension);
        }
        out.write(handshake.bytes());
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) in.readUnsignedByte());
        }
        if (!answer.toString().toUpperCase(Locale.ROOT).startsWith("HTTP/1.1 101")
                || !extension.isEmpty() && answer.indexOf("Sec-WebSocket-Extensions: " + extension) < 0) {
            throw new IOException("refused: " + answer);
        }
    }

    public void text(String text) {
        send(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param last whether this frame ends its message */
    public void send(int opcode, boolean last, byte[] payload) {
        write(frame(opcode, last, payload));
    }

    public static byte[] frame(int opcode, boolean last, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(headerOf(opcode | (last ? FIN : 0), payload.length));
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ MASK[i % MASK.length]);
        }
        return frame.toByteArray();
    }

    /**
     * Announces a masked frame of any length, and leaves what follows to the caller.
     *
     * @param first byte of the frame, flags and opcode
     */
    public void header(int first, long length) {
        write(headerOf(first, length));
    }

    private static byte[] headerOf(int first, long length) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(first);
        if (length < 126) {
            header.write(MASKED | (int) length);
        } else {
            int bytes = length < 1 << 16 ? 2 : 8;
            header.write(MASKED | (bytes == 2 ? 126 : 127));
            for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
                header.write((int) (length >>> shift));
            }
        }
        header.writeBytes(MASK);
        return header.toByteArray();
    }

    /** Says that it is there, for a client that does not read: who answers no ping is taken for dead after a while. */
    public void showLife() {
        send(PONG, true, new byte[0]);
    }

    /** Sends bytes as they are. A server that has closed already may refuse them; what it said is read later. */
    public void write(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (SocketException e) {
            // The connection is closed by the other side: read() tells how. Linux reports a reset only once.
            reset = e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame that is not a ping, or null when the connection broke. Pings are answered. */
    public Received read() {
        return read(deadline());
    }

    /** The same, but pings are not answered: another thread may write meanwhile. */
    public Received readInSilence() {
        return read(deadline(), false);
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(RoomClient.PATIENCE_SECONDS);
    }

    private Received read(long deadline) {
        return read(deadline, true);
    }

    private Received read(long deadline, boolean answering) {
        try {
            while (true) {
                // Pings do not extend the deadline.
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                socket.setSoTimeout((int) Math.max(left, 1));
                Received received = frame(in.readUnsignedByte());
                if (received.opcode() != PING) {
                    return received;
                }
                if (answering) {
                    send(PONG, true, received.payload());
                }
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("waited in vain for a frame", e);
        } catch (EOFException | SocketException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Received frame(int first) throws IOException {
        long length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        return new Received(first & 0x0f, in.readNBytes(Math.toIntExact(length)));
    }

    /** To be called after the server's Close. No frame follows it, and the server ends TCP with FIN, not with a reset. */
    public void awaitGoodbye() {
        IOException broken = awaitEnd();
        if (broken != null) {
            throw new AssertionError("no FIN came after the Close", broken);
        }
    }

    /**
     * To be called after the server's Close. No frame follows it. The server waits a second for this client's Close:
     * one that comes later finds the connection reset.
     *
     * @return how the connection broke; null if the server ended TCP with FIN
     */
    public IOException awaitEnd() {
        try {
            int first = in.read();
            if (first >= 0) {
                Received more = frame(first);
                throw new AssertionError("after the Close came a frame of opcode " + more.opcode()
                        + (more.opcode() == CLOSE ? " and code " + more.closeCode() : ""));
            }
            return reset;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection stays open after the Close", e);
        } catch (IOException e) {
            return e;
        }
    }

    /** Reads up to the close frame. @return its code */
    public int awaitClose() {
        return awaitClose(true);
    }

    /** The same, but pings are not answered. */
    public int awaitCloseInSilence() {
        return awaitClose(false);
    }

    private int awaitClose(boolean answering) {
        long deadline = deadline();
        for (Received received = read(deadline, answering); received != null; received = read(deadline, answering)) {
            if (received.opcode() == CLOSE) {
                return received.closeCode();
            }
        }
        return NO_CLOSE_FRAME;
    }

    /** Resets the connection, without a close frame and without FIN. */
    public void cut() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
