package io.roomcast.http;

/**
 * Checks the bytes of a request's head as they arrive, before a server parses them (RFC 9112, 2.2 to 5.2). Grizzly
 * accepts lines that end in LF alone, blanks around names, folded headers and characters of control. A proxy that reads
 * such a line in another way sees another request than this server. One thread at a time.
 */
final class HeadSyntax {
    private static final String TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~";
    private static final int MAX_WORD = 20;

    /** What the next byte belongs to. */
    private enum Part {
        METHOD,
        TARGET,
        VERSION,
        NAME,
        VALUE,
        /** Behind the CR of a line. */
        LINE_END,
        /** Behind the CR of the empty line. */
        HEAD_END,
        DONE
    }

    /** The version of the request, and then the name of the current header; the rest of a long name is left out. */
    private final StringBuilder word = new StringBuilder();

    private Part part = Part.METHOD;
    /** Bytes of the current part. */
    private int length;

    private long count;
    private long arrived;
    /** Index of the blank in front of the version. */
    private long separator;
    /** See {@link #takeStrayBlank}. */
    private long strayBlank = -1;

    private boolean hasLength;
    private boolean hasEncoding;
    private boolean broken;

    /** Sets how many bytes have arrived, with those behind the head. */
    void setArrived(long bytes) {
        arrived = bytes;
    }

    /** @return how many bytes have arrived, with those behind the head */
    long arrived() {
        return arrived;
    }

    /** @return how many bytes were read */
    long count() {
        return count;
    }

    boolean isBroken() {
        return broken;
    }

    boolean isDone() {
        return part == Part.DONE;
    }

    /**
     * Reads a byte.
     *
     * @return the byte that Grizzly must read in its place. Otherwise it would wait for the colon of a line that has
     *     ended, or answer that it does not know the version.
     */
    byte next(byte b) {
        count++;
        if (b == '\r' || b == '\n') {
            return lineEnd(b);
        }
        switch (part) {
            case METHOD -> method(b);
            case TARGET -> target(b);
            case VERSION -> version(b);
            case NAME -> name(b);
            case VALUE -> broken |= b >= 0 && b < ' ' && b != '\t' || b == 0x7f;
            case LINE_END, HEAD_END -> {
                // A CR alone.
                broken = true;
                begin(Part.VALUE);
            }
            case DONE -> {}
        }
        length++;
        return b;
    }

    private void begin(Part next) {
        part = next;
        length = -1;
        word.setLength(0);
    }

    /**
     * Returns the index of a blank that is part of the address, once, or -1. Grizzly ends the address there, and takes
     * what follows for a version that it does not know.
     */
    long takeStrayBlank() {
        long index = strayBlank;
        strayBlank = -1;
        return index;
    }

    private void method(byte b) {
        if (b == ' ' && length > 0) {
            begin(Part.TARGET);
        } else {
            broken |= !isToken(b);
        }
    }

    private void target(byte b) {
        if (b == ' ' && length > 0) {
            separator = count - 1;
            begin(Part.VERSION);
        } else {
            broken |= b >= 0 && b <= ' ' || b == 0x7f;
        }
    }

    private void version(byte b) {
        if (b == ' ') {
            strayBlank = separator;
            separator = count - 1;
            begin(Part.VERSION);
        } else {
            append(b);
        }
    }

    private void append(byte b) {
        if (word.length() < MAX_WORD) {
            word.append((char) (b & 0xff));
        }
    }

    private void name(byte b) {
        if (b == ':' && length > 0) {
            hasLength |= "content-length".contentEquals(word);
            hasEncoding |= "transfer-encoding".contentEquals(word);
            // Grizzly forgets the length of a request that has both.
            broken |= hasLength && hasEncoding;
            begin(Part.VALUE);
        } else {
            append((byte) Character.toLowerCase(b & 0xff));
            broken |= !isToken(b);
        }
    }

    private byte lineEnd(byte b) {
        if (b == '\n') {
            broken |= part != Part.LINE_END && part != Part.HEAD_END;
            part = part == Part.HEAD_END || part == Part.NAME && length == 0 ? Part.DONE : Part.NAME;
            length = 0;
            word.setLength(0);
            return b;
        }
        Part ended = part;
        boolean isEmpty = length == 0;
        part = ended == Part.NAME && isEmpty ? Part.HEAD_END : Part.LINE_END;
        return switch (ended) {
            case VERSION -> {
                broken |= !"HTTP/1.1".contentEquals(word) && !"HTTP/1.0".contentEquals(word);
                yield b;
            }
            case NAME -> {
                broken |= !isEmpty;
                yield isEmpty ? b : (byte) ':';
            }
            case TARGET -> {
                // No address has a bar. Grizzly would take a CR alone for the end of the address.
                broken = true;
                yield '|';
            }
            case METHOD, LINE_END, HEAD_END -> {
                broken = true;
                yield b;
            }
            case VALUE, DONE -> b;
        };
    }

    private static boolean isToken(byte b) {
        return b > 0 && (Character.isLetterOrDigit((char) b) || TOKEN_CHARACTERS.indexOf(b) >= 0);
    }
}
