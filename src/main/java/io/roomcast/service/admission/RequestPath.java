package io.roomcast.service.admission;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Checks the path of a request, as the client sent it. A path with characters that no URI has is answered with 400.
 * Servers read {@code ;}, {@code %2F}, {@code %3F}, {@code //} and {@code ..} differently. So a client could evade a
 * proxy's rule for a path with another spelling of the path. No address of Roomcast has these characters. So such a
 * path is answered with 404.
 */
public final class RequestPath {
    /** Characters of a path, other than letters and digits, that need no encoding. */
    private static final String ALLOWED_UNENCODED = "-._~!$&'()*+,=:@";
    /** Further characters that need no encoding in a query. */
    private static final String ALLOWED_IN_QUERY = "/?;[]";

    /** What the decoder returns for bytes that are not UTF-8. No address of Roomcast has this character. */
    private static final char REPLACEMENT = '\uFFFD';

    /** A WebSocket is opened at {@code /ws} and {@code /ws/{room}/{user}}. */
    private static final Pattern ADDRESS = Pattern.compile("/ws(/[^/]+/[^/]+)?");

    /**
     * Addresses beside those of the server API and of metrics. Servers would look for a file there, and answer with a
     * page of their own.
     */
    private static final Pattern UNUSED = Pattern.compile("/metrics/.*|/api(/.*)?|/http(/.*)?");

    private static final Pattern USED = Pattern.compile("/api/v1(/.*)?|/http/(poll|send|events)");

    /** Where clients wait for messages over HTTP. */
    private static final Pattern WAITING = Pattern.compile("/http/(poll|events)");

    /** Directories of the WAR that are for the server and for {@code java -jar}. Some servers would serve the last. */
    private static final Pattern INSIDE = Pattern.compile("(?i)/(WEB-INF|META-INF|io)(/.*)?");

    private RequestPath() {}

    /**
     * Whether the path is one of a URI (RFC 3986, 3.3), and the characters that are encoded in it are UTF-8 and not
     * characters of control.
     */
    static boolean isOfUri(String path) {
        boolean isAscii = true;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                int decoded = encodedByte(path, i);
                if (decoded < ' ' || decoded == 0x7f) {
                    return false;
                }
                isAscii &= decoded < 0x80;
                i += 2;
            } else if (!isUnencoded(c) && c != '/' && c != ';') {
                return false;
            }
        }
        return path.startsWith("/") && (isAscii || isUtf8(path));
    }

    /** Whether all servers read this path alike. */
    public static boolean isPlain(String path) {
        if (!path.startsWith("/") || path.startsWith("//")) {
            return false;
        }
        StringBuilder segment = new StringBuilder();
        boolean isAscii = true;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/') {
                if (i > 0 && !isSafeSegment(segment)) {
                    return false;
                }
                segment.setLength(0);
            } else if (c == '%') {
                int decoded = encodedByte(path, i);
                if (!isHarmless(decoded)) {
                    return false;
                }
                // Decoded as Latin-1, which is enough to find dots, because a dot is one byte in UTF-8.
                segment.append((char) decoded);
                isAscii &= decoded < 0x80;
                i += 2;
            } else if (isUnencoded(c)) {
                segment.append(c);
            } else {
                return false;
            }
        }
        return (segment.isEmpty() || isSafeSegment(segment)) && (isAscii || isUtf8(path));
    }

    /** Whether the path is valid UTF-8. Servers read invalid and overlong byte sequences differently. */
    private static boolean isUtf8(String path) {
        return decoded(path).indexOf(REPLACEMENT) < 0;
    }

    /**
     * Whether all servers read this query alike, because it has only characters that a URI may have (RFC 3986, 3.4).
     * For any other query, some servers open the WebSocket and fail afterwards.
     */
    static boolean isPlainQuery(String query) {
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            if (c == '%') {
                if (encodedByte(query, i) < 0) {
                    return false;
                }
                i += 2;
            } else if (!isUnencoded(c) && ALLOWED_IN_QUERY.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The text of a {@link #isPlain plain path}. */
    public static String decoded(String path) {
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /**
     * Whether some server opens WebSockets at this path.
     *
     * @param path decoded, without the context path of the application
     */
    static boolean isEndpoint(String path) {
        return path.equals("/ws") || path.startsWith("/ws/");
    }

    /** Whether this is an address of WebSockets. Servers differ in how they read a slash at its end. */
    static boolean isAddress(String path) {
        return ADDRESS.matcher(path).matches();
    }

    /** Whether the path is one of a part of the WAR that clients have no use for. */
    static boolean isInside(String path) {
        return INSIDE.matcher(path).matches();
    }

    /** Whether this is an address near those for programs, where nothing is. */
    static boolean isUnusedForPrograms(String path) {
        return UNUSED.matcher(path).matches() && !USED.matcher(path).matches();
    }

    /** Whether this is an address of rooms over HTTP. */
    static boolean isRooms(String path) {
        return path.startsWith("/http/");
    }

    /** Whether clients wait for messages at this address, as a session does. */
    static boolean isWaiting(String path) {
        return WAITING.matcher(path).matches();
    }

    private static boolean isSafeSegment(CharSequence segment) {
        return !segment.isEmpty() && !".".contentEquals(segment) && !"..".contentEquals(segment);
    }

    private static boolean isUnencoded(char c) {
        return c < 0x80 && (Character.isLetterOrDigit(c) || ALLOWED_UNENCODED.indexOf(c) >= 0);
    }

    /**
     * Whether the decoded byte is no control character and no separator, and no {@code %} that could be decoded once
     * more.
     */
    private static boolean isHarmless(int decoded) {
        return decoded >= ' ' && decoded != 0x7f && "/\\;%?".indexOf(decoded) < 0;
    }

    /** @return the byte that is encoded at this index, or -1 if there is none */
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
