package io.roomcast.outbound;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.Deflater;

/**
 * Raw deflate (RFC 1951) in parts that can be concatenated. Each part begins with an empty window, holds no final block
 * and ends on a whole byte. So a message is compressed once for a room. To join it with other parts for one session, it
 * need not be compressed again. Any thread may call the static methods. An instance is confined to one thread.
 */
final class Deflation {
    /** Most bytes of a stored block. */
    private static final int MAX_STORED_BYTES = 0xffff;
    /** An empty final block. */
    private static final byte[] FINAL_BLOCK = {0x03, 0x00};

    private static final int BUFFER_BYTES = 8 * 1024;
    /** Deflaters that wait for use. Only a few are kept, because they hold native memory. */
    private static final ArrayBlockingQueue<Deflater> SPARE_DEFLATERS = new ArrayBlockingQueue<>(8);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(BUFFER_BYTES);

    /** Compresses {@code bytes} as one part. */
    static byte[] compress(byte[] bytes) {
        Deflater spare = SPARE_DEFLATERS.poll();
        Deflater deflater = spare == null ? new Deflater(Deflater.BEST_SPEED, true) : spare;
        try {
            deflater.setInput(bytes);
            ByteArrayOutputStream part = new ByteArrayOutputStream(Math.min(BUFFER_BYTES, bytes.length));
            byte[] buffer = new byte[Math.min(BUFFER_BYTES, Math.max(64, bytes.length))];
            int length;
            do {
                length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
                part.write(buffer, 0, length);
            } while (length == buffer.length);
            return part.toByteArray();
        } finally {
            deflater.reset();
            if (!SPARE_DEFLATERS.offer(deflater)) {
                deflater.end();
            }
        }
    }

    /** Appends a part that {@link #compress} made. */
    void add(byte[] part) {
        out.writeBytes(part);
    }

    /** Adds {@code bytes} as stored blocks, without compressing them. */
    void addStored(byte[] bytes) {
        for (int from = 0; from < bytes.length; from += MAX_STORED_BYTES) {
            int length = Math.min(MAX_STORED_BYTES, bytes.length - from);
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
        out.writeBytes(FINAL_BLOCK);
        return out.toByteArray();
    }
}
