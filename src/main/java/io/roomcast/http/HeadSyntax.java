package io.roomcast.http;

/**
 * Checks the bytes of a request's head as they arrive, before a server parses them (RFC 9112, 2.2 to 5.2). Grizzly
 * accepts lines that end in LF alone, blanks around names, folded headers and characters of control. A proxy that reads
 * such a line in another way sees another request than this server. One thread at a time.
 */
final class HeadSyntax {
    private static final String TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~";

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

    private final StringBuilder version = new StringBuilder();
    private Part part = Part.METHOD;
    /** Characters of the current part. */
    private int length;

    private long count;
    private boolean broken;

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
     * @return the byte that Grizzly must read in its place; else it would wait for the rest of a line that has ended
     */
    byte next(byte b) {
        count++;
        if (b == '\r' || b == '\n') {
            return lineEnd(b);
        }
        switch (part) {
            case METHOD -> method(b);
            case TARGET -> target(b);
            case VERSION -> version.append((char) (b & 0xff));
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
            begin(Part.VERSION);
        } else {
            broken |= b >= 0 && b <= ' ' || b == 0x7f;
        }
    }

    private void name(byte b) {
        if (b == ':' && length > 0) {
            begin(Part.VALUE);
        } else {
            broken |= !isToken(b);
        }
    }

    private byte lineEnd(byte b) {
        if (b == '\n') {
            broken |= part != Part.LINE_END && part != Part.HEAD_END;
            part = part == Part.HEAD_END || part == Part.NAME && length == 0 ? Part.DONE : Part.NAME;
            length = 0;
            return b;
        }
        Part ended = part;
        boolean isEmpty = length == 0;
        part = ended == Part.NAME && isEmpty ? Part.HEAD_END : Part.LINE_END;
        return switch (ended) {
            case METHOD, TARGET -> {
                broken = true;
                yield ' ';
            }
            case VERSION -> {
                broken |= !version.toString().matches("HTTP/\\d\\.\\d");
                yield b;
            }
            case NAME -> {
                broken |= !isEmpty;
                yield isEmpty ? b : (byte) ':';
            }
            case LINE_END, HEAD_END -> {
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
