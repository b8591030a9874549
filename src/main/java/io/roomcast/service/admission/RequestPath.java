package io.roomcast.service.admission;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The path of a request, as the client wrote it. A server, the proxy before it and this application each have a way of their own to read {@code ;},
 * {@code %2F}, {@code //} and {@code ..}, and where two of them read one address as two, a rule of the one does not hold at the other. Nothing here has such
 * an address, so there is nothing at them: only one way is left to read those that remain.
 */
public final class RequestPath {
    private static final String UNENCODED = "-._~!$&'()*+,=:@";
    private static final String IN_QUERY = "/?;[]";

    /** Stands for what is no UTF-8. Nothing here has it in its name. */
    private static final char REPLACEMENT = '\uFFFD';

    private RequestPath() {}

    /** Whether everybody reads this path alike. */
    public static boolean isPlain(String path) {
        if (!path.startsWith("/") || path.startsWith("//")) {
            return false;
        }
        StringBuilder segment = new StringBuilder();
        boolean ascii = true;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/') {
                if (i > 0 && !isName(segment)) {
                    return false;
                }
                segment.setLength(0);
            } else if (c == '%') {
                int decoded = encodedByte(path, i);
                if (!isHarmless(decoded)) {
                    return false;
                }
                // In Latin-1, which keeps what matters here: dots are one byte in UTF-8.
                segment.append((char) decoded);
                ascii &= decoded < 0x80;
                i += 2;
            } else if (isUnencoded(c)) {
                segment.append(c);
            } else {
                return false;
            }
        }
        return (segment.isEmpty() || isName(segment)) && (ascii || isUtf8(path));
    }

    /** Bytes that are no UTF-8, or write a character in more bytes than it takes, are read in as many ways as there are servers. */
    private static boolean isUtf8(String path) {
        return decoded(path).indexOf(REPLACEMENT) < 0;
    }

    /**
     * Whether all servers read this query alike: only characters that a URI may have (RFC 3986, 3.4). Some servers open
     * a WebSocket for any other query, and fail afterwards.
     */
    static boolean isPlainQuery(String query) {
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            if (c == '%') {
                if (encodedByte(query, i) < 0) {
                    return false;
                }
                i += 2;
            } else if (!isUnencoded(c) && IN_QUERY.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** What {@link #isPlain a plain path} says. */
    public static String decoded(String path) {
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Whether WebSockets are opened there; {@code path} is decoded, and begins where the application does. */
    public static boolean isEndpoint(String path) {
        return path.equals("/ws") || path.startsWith("/ws/");
    }

    private static boolean isName(CharSequence segment) {
        return !segment.isEmpty() && !".".contentEquals(segment) && !"..".contentEquals(segment);
    }

    private static boolean isUnencoded(char c) {
        return c < 0x80 && (Character.isLetterOrDigit(c) || UNENCODED.indexOf(c) >= 0);
    }

    /** What would be read otherwise once it is decoded, or could be decoded once more. */
    private static boolean isHarmless(int decoded) {
        return decoded >= ' ' && decoded != 0x7f && "/\\;%".indexOf(decoded) < 0;
    }

    /** @return the byte that is encoded there, or -1 where none is */
    private static int encodedByte(String path, int at) {
        if (at + 2 >= path.length()) {
            return -1;
        }
        int high = hex(path.charAt(at + 1));
        int low = hex(path.charAt(at + 2));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
