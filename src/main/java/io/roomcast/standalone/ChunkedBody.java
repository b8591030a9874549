package io.roomcast.standalone;

import java.nio.ByteBuffer;

/**
 * The chunks of one request's body, as they arrive (RFC 9112, 7.1). Only the strict form is accepted. A proxy that reads
 * a lax form in another way sees the end of the request in another place than this server, and then one client's bytes
 * become another client's request. Extensions of chunks are refused, and trailers are checked and dropped. One thread at
 * a time.
 */
final class ChunkedBody {
    /** A chunk of fewer bytes is small, unless it is the last one, which has none. */
    static final int SMALL_BYTES = 64;

    /** The most small chunks of one body. A client that needs more should gather its writes. */
    static final int MAX_SMALL_CHUNKS = 1_000;

    /** The most bytes of all trailers together, with their ends of line. */
    static final int MAX_TRAILER_BYTES = 8 * 1024;

    static final int MAX_SIZE_DIGITS = 8;

    private static final String TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~";

    /** What the next byte belongs to. */
    private enum Part {
        SIZE,
        /** Behind the CR of the size. */
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        /** At the start of a line behind the last chunk: a trailer, or the empty line. */
        TRAILER,
        TRAILER_NAME,
        TRAILER_VALUE,
        /** Behind the CR of a trailer. */
        TRAILER_LF,
        /** Behind the CR of the empty line. */
        END_LF,
        DONE,
        BROKEN
    }

    private Part part = Part.SIZE;
    /** Of the current chunk's size. */
    private int digits;
    /** Bytes of the current chunk that have not arrived yet. */
    private long remaining;

    private int smallChunks;
    private int trailerBytes;

    /** Whether the whole body has arrived. */
    boolean isDone() {
        return part == Part.DONE;
    }

    /** Whether the form is wrong, or a limit is exceeded. It is then not known where the request ends. */
    boolean isBroken() {
        return part == Part.BROKEN;
    }

    /**
     * Reads until the input or the body ends. Nothing is read behind the end of the body.
     *
     * @param data gets what the chunks contain; has room for as many bytes as the input has
     */
    void read(ByteBuffer input, ByteBuffer data) {
        while (input.hasRemaining() && part != Part.DONE && part != Part.BROKEN) {
            if (part == Part.DATA) {
                readData(input, data);
            } else {
                part = next(input.get());
            }
        }
    }

    private void readData(ByteBuffer input, ByteBuffer data) {
        int count = (int) Math.min(remaining, input.remaining());
        data.put(input.slice(input.position(), count));
        input.position(input.position() + count);
        remaining -= count;
        if (remaining == 0) {
            part = Part.DATA_CR;
        }
    }

    private Part next(byte b) {
        return switch (part) {
            case SIZE -> size(b);
            case SIZE_LF -> b == '\n' ? chunk() : Part.BROKEN;
            case DATA_CR -> b == '\r' ? Part.DATA_LF : Part.BROKEN;
            case DATA_LF -> b == '\n' ? Part.SIZE : Part.BROKEN;
            case TRAILER, TRAILER_NAME, TRAILER_VALUE, TRAILER_LF ->
                ++trailerBytes > MAX_TRAILER_BYTES ? Part.BROKEN : trailer(b);
            case END_LF -> b == '\n' ? Part.DONE : Part.BROKEN;
            case DATA, DONE, BROKEN -> throw new IllegalStateException(part.name());
        };
    }

    private Part size(byte b) {
        int digit = b < 0 ? -1 : Character.digit(b, 16);
        if (digit >= 0 && digits < MAX_SIZE_DIGITS) {
            digits++;
            remaining = remaining << 4 | digit;
            return Part.SIZE;
        }
        return b == '\r' && digits > 0 ? Part.SIZE_LF : Part.BROKEN;
    }

    private Part chunk() {
        digits = 0;
        if (remaining == 0) {
            return Part.TRAILER;
        }
        return remaining < SMALL_BYTES && ++smallChunks > MAX_SMALL_CHUNKS ? Part.BROKEN : Part.DATA;
    }

    private Part trailer(byte b) {
        if (part == Part.TRAILER_LF) {
            return b == '\n' ? Part.TRAILER : Part.BROKEN;
        } else if (part == Part.TRAILER_VALUE) {
            if (b == '\r') {
                return Part.TRAILER_LF;
            }
            boolean isControl = b >= 0 && b < ' ' && b != '\t' || b == 0x7f;
            return isControl ? Part.BROKEN : Part.TRAILER_VALUE;
        } else if (part == Part.TRAILER && b == '\r') {
            return Part.END_LF;
        } else if (part == Part.TRAILER_NAME && b == ':') {
            return Part.TRAILER_VALUE;
        }
        return isOfToken(b) ? Part.TRAILER_NAME : Part.BROKEN;
    }

    private static boolean isOfToken(byte b) {
        return b > 0 && (Character.isLetterOrDigit(b) || TOKEN_CHARACTERS.indexOf(b) >= 0);
    }
}
