package io.roomcast.outbound;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.Deflater;

/**
 * Raw deflate (RFC 1951) in parts that can be concatenated. Each part begins with an empty window, holds no final block
 * and ends on a whole byte. So a message that was compressed once for a room is joined with other parts for one
 * session, and not compressed again. The static methods are for any thread; an instance is confined to one.
 */
final class Deflation {
    private static final int LONGEST_STORED = 0xffff;
    /** An empty final block. */
    private static final byte[] END = {0x03, 0x00};

    private static final int BUFFER = 8 * 1024;
    /** Deflaters that wait for use. They hold native memory, so that only a few are kept. */
    private static final ArrayBlockingQueue<Deflater> SPARE = new ArrayBlockingQueue<>(8);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(BUFFER);

    /** Compresses {@code bytes} on its own. */
    static byte[] part(byte[] bytes) {
        Deflater spare = SPARE.poll();
        Deflater deflater = spare == null ? new Deflater(Deflater.BEST_SPEED, true) : spare;
        try {
            deflater.setInput(bytes);
            ByteArrayOutputStream part = new ByteArrayOutputStream(Math.min(BUFFER, bytes.length));
            byte[] buffer = new byte[Math.min(BUFFER, Math.max(64, bytes.length))];
            int length;
            do {
                length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
                part.write(buffer, 0, length);
            } while (length == buffer.length);
            return part.toByteArray();
        } finally {
            deflater.reset();
            if (!SPARE.offer(deflater)) {
                deflater.end();
            }
        }
    }

    void add(byte[] part) {
        out.writeBytes(part);
    }

    /** Adds {@code bytes} as stored blocks, without compressing them. */
    void addStored(byte[] bytes) {
        for (int from = 0; from < bytes.length; from += LONGEST_STORED) {
            int length = Math.min(LONGEST_STORED, bytes.length - from);
            out.write(0);
            out.write(length);
            out.write(length >>> 8);
            out.write(~length);
            out.write(~length >>> 8);
            out.write(bytes, from, length);
        }
    }

    /** Ends the stream. The result can be inflated. */
    byte[] end() {
        out.writeBytes(END);
        return out.toByteArray();
    }
}
