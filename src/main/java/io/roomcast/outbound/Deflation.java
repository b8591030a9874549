package io.roomcast.outbound;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.Deflater;

/**
 * Raw deflate (RFC 1951) in parts that can be put one behind the other: each begins with an empty window, holds no final block and ends on a whole byte.
 * So what was compressed once for a room is joined with other parts for one session without being compressed again. Any thread.
 */
final class Deflation {
    private static final int LONGEST_STORED = 0xffff;
    /** A last block with nothing in it. */
    private static final byte[] END = {0x03, 0x00};

    private static final int BUFFER = 8 * 1024;
    /** Deflaters hold memory outside of the heap: a few are kept, and any number made. */
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

    /** Adds {@code bytes} as they are. */
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

    /** The whole, which can be inflated. */
    byte[] end() {
        out.writeBytes(END);
        return out.toByteArray();
    }
}
