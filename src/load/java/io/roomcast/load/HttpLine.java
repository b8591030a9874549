package io.roomcast.load;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLContext;

/** A connection of HTTP/1.1 that is kept, with one request at a time. Used on its loop's thread. */
final class HttpLine extends SocketLine {

    /** Called on the loop's thread. */
    interface Listener {
        void connected();

        /** The head of an answer has come. */
        void status(int status);

        /** A part of a body, in a buffer that is used again afterwards. */
        void body(byte[] bytes, int from, int to, long readAt);

        /** The answer is complete. */
        void answered();

        /** The end, once; also while an answer is due. */
        void closed(String why);
    }

    private enum Part {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        LAST_LINE
    }

    private final Listener listener;
    private Part part = Part.HEAD;
    /** Of the body or chunk. */
    private long left;

    HttpLine(URI uri, SSLContext trust, Listener listener) {
        super(uri, trust);
        this.listener = listener;
    }

    /** @param headers each with its end of line */
    void request(String method, String target, String headers, String body) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        byte[] head = (method + " " + target + " HTTP/1.1\r\nHost: " + host() + "\r\n" + headers
                        + (content.length == 0 ? "" : "Content-Length: " + content.length + "\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try {
            write(ByteBuffer.allocate(head.length + content.length)
                    .put(head)
                    .put(content)
                    .flip());
        } catch (IOException | CancelledKeyException e) {
            end(0, e.toString());
        }
    }

    @Override
    protected void connected() {
        listener.connected();
    }

    @Override
    protected int received(byte[] bytes, int begin, int end, long readAt) {
        int at = begin;
        while (!isClosed()) {
            int next = take(bytes, at, end, readAt);
            if (next < 0) {
                break;
            }
            at = next;
        }
        return at;
    }

    /** @return where the next part begins; -1 where this one is not whole */
    private int take(byte[] bytes, int at, int end, long readAt) {
        switch (part) {
            case HEAD -> {
                int length = indexOf(bytes, at, end, "\r\n\r\n");
                if (length >= 0) {
                    head(new String(bytes, at, length - at, StandardCharsets.ISO_8859_1));
                }
                return length < 0 ? -1 : length + 4;
            }
            case CHUNK_SIZE -> {
                int length = indexOf(bytes, at, end, "\r\n");
                if (length >= 0) {
                    left = Long.parseLong(new String(bytes, at, length - at, StandardCharsets.US_ASCII).strip(), 16);
                    part = left == 0 ? Part.LAST_LINE : Part.CHUNK;
                }
                return length < 0 ? -1 : length + 2;
            }
            case CHUNK_END, LAST_LINE -> {
                if (end - at < 2) {
                    return -1;
                }
                boolean isLast = part == Part.LAST_LINE;
                part = isLast ? Part.HEAD : Part.CHUNK_SIZE;
                if (isLast) {
                    listener.answered();
                }
                return at + 2;
            }
            default -> {
                int length = (int) Math.min(left, end - at);
                if (length == 0) {
                    return -1;
                }
                left -= length;
                listener.body(bytes, at, at + length, readAt);
                if (left == 0) {
                    boolean isWhole = part == Part.BODY;
                    part = isWhole ? Part.HEAD : Part.CHUNK_END;
                    if (isWhole) {
                        listener.answered();
                    }
                }
                return at + length;
            }
        }
    }

    private void head(String head) {
        String lower = head.toLowerCase(Locale.ROOT);
        int length = lower.indexOf("\r\ncontent-length:");
        boolean isChunked = lower.contains("\r\ntransfer-encoding: chunked");
        left = length < 0
                ? 0
                : Long.parseLong(lower.substring(length + 17)
                        .lines()
                        .findFirst()
                        .orElse("0")
                        .strip());
        part = isChunked ? Part.CHUNK_SIZE : left > 0 ? Part.BODY : Part.HEAD;
        listener.status(Integer.parseInt(head.substring(9, 12)));
        if (part == Part.HEAD) {
            listener.answered();
        }
    }

    private static int indexOf(byte[] bytes, int from, int to, String text) {
        for (int at = from; at + text.length() <= to; at++) {
            int i = 0;
            while (i < text.length() && bytes[at + i] == text.charAt(i)) {
                i++;
            }
            if (i == text.length()) {
                return at;
            }
        }
        return -1;
    }

    /** On the loop's thread. */
    void close() {
        end(1000, "");
    }

    @Override
    protected void ended(int code, String why) {
        listener.closed(why);
    }

    @Override
    protected String broken() {
        return "the connection broke";
    }
}
