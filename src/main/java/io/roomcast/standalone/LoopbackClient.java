package io.roomcast.standalone;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A small client of HTTP and WebSockets over loopback, which costs less than the server that it exercises. It looks for
 * texts in what arrives, and reads nothing else. Used by one thread.
 */
final class LoopbackClient implements AutoCloseable {
    /** How long a busy machine may take for an answer. */
    private static final int TIMEOUT_MILLIS = 10_000;

    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int MASKED = 0x80;
    private static final int LONG_LENGTH = 126;
    /** Longest text that {@link #await} finds when it arrives in two parts. */
    private static final int TAIL = 64;

    private final Socket socket;
    private final byte[] buffer = new byte[16 * 1024];
    private String unread = "";

    LoopbackClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** Sends a handshake, and does not wait for its answer. */
    void handshake(String path) throws IOException {
        write(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + socket.getPort()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://localhost:"
                        + socket.getPort()
                        + "\r\nUser-Agent: roomcast\r\nAccept-Language: en\r\nSec-WebSocket-Protocol: roomcast.v1"
                        + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a request on a connection of its own, and reads the answer to its end. */
    static void request(int port, String method, String path, String headers, String body) throws IOException {
        try (LoopbackClient client = new LoopbackClient(port)) {
            client.write((method + " " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n"
                            + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.ISO_8859_1));
            client.readToEnd();
        }
    }

    /** Sends frames of the protocol, ASCII only, each in a WebSocket message of its own, in one write. */
    void send(String... frames) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String frame : frames) {
            byte[] text = frame.getBytes(StandardCharsets.US_ASCII);
            all.write(TEXT);
            if (text.length < LONG_LENGTH) {
                all.write(MASKED | text.length);
            } else {
                all.write(MASKED | LONG_LENGTH);
                all.write(text.length >> 8);
                all.write(text.length);
            }
            // With this mask, the bytes stay as they are.
            all.writeBytes(new byte[4]);
            all.writeBytes(text);
        }
        write(all.toByteArray());
    }

    private void write(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
    }

    /** Reads until this text has arrived, and drops what came before it. */
    void await(String text) throws IOException {
        int at = unread.indexOf(text);
        while (at < 0) {
            unread = unread.substring(Math.max(0, unread.length() - TAIL));
            readMore();
            at = unread.indexOf(text);
        }
        unread = unread.substring(at + text.length());
    }

    /** Reads until a member of this name has arrived, and returns its value, which must be a string. */
    String awaitQuoted(String name) throws IOException {
        await("\"" + name + "\":\"");
        while (unread.indexOf('"') < 0) {
            readMore();
        }
        return unread.substring(0, unread.indexOf('"'));
    }

    private void readMore() throws IOException {
        int read = socket.getInputStream().read(buffer);
        if (read < 0) {
            throw new EOFException("the node closed a connection of the warm-up");
        }
        unread += new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
    }

    private void readToEnd() throws IOException {
        while (socket.getInputStream().read(buffer) >= 0) {
            // What it says does not matter.
        }
    }

    /** Closes as a client that goes: with a Close frame, and after the answer. */
    void leave() throws IOException {
        write(new byte[] {(byte) CLOSE, (byte) MASKED, 0, 0, 0, 0});
        readToEnd();
        close();
    }

    /** Ends the connection at once, as when a network breaks. Idempotent. */
    @Override
    public void close() throws IOException {
        if (!socket.isClosed()) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
