package io.roomcast.load;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLContext;

/** A connection that is a WebSocket. */
final class WebSocketConnection extends SocketLine implements Connection {
    private static final int LONGEST_HEAD = 16 * 1024;

    private final Listener listener;
    private final FrameReader frames = new FrameReader();
    private long readAt;
    private boolean upgraded;

    /** @param trust for addresses with TLS */
    WebSocketConnection(URI uri, SSLContext trust, Listener listener) {
        super(uri, trust);
        this.listener = listener;
    }

    @Override
    protected void connected() throws IOException {
        URI uri = uri();
        String request = "GET " + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                + " HTTP/1.1\r\nHost: " + host()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                + "\r\nSec-WebSocket-Key: bG9hZCB0ZXN0ZXIga2V5IQ==\r\nSec-WebSocket-Protocol: roomcast.v1\r\n\r\n";
        write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    protected int received(byte[] bytes, int begin, int end, long now) {
        readAt = now;
        int at = upgraded ? begin : head(bytes, end);
        return at >= 0 && !isClosed() ? frames.read(bytes, at, end, this::frame) : Math.max(at, 0);
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

    @Override
    public void send(String text) {
        send(FrameReader.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private void send(int opcode, byte[] payload) {
        try {
            write(FrameReader.masked(opcode, payload));
        } catch (IOException | CancelledKeyException e) {
            // The loop's thread finds out by reading.
        }
    }

    @Override
    public void close() {
        if (upgraded && !isClosed()) {
            send(FrameReader.CLOSE, new byte[] {3, (byte) 0xe8});
        }
        end(1000, "");
    }

    @Override
    public void abort() {
        end(1006, "");
    }

    @Override
    protected void ended(int code, String why) {
        listener.closed(code, why);
    }

    @Override
    protected String broken() {
        return upgraded ? "the connection broke" : "the connection ended in the handshake";
    }
}
