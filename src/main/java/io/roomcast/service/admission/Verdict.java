package io.roomcast.service.admission;

import io.roomcast.node.Limits;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Subprotocol;
import java.util.Map;

/**
 * What becomes of a request.
 *
 * @param code why the request is refused; null if it is accepted
 * @param text what is wrong, for people: one line without characters of control
 * @param headers headers of the refusal
 */
public record Verdict(ErrorCode code, String text, Map<String, String> headers) {
    public static final Verdict PASS = new Verdict(null, "");
    public static final Verdict NOT_FOUND = new Verdict(ErrorCode.NOT_FOUND, "nothing is here");
    public static final Verdict BAD_HEAD = new Verdict(
            ErrorCode.BAD_REQUEST,
            "the head of a request has lines that end in CR LF, each header in one line and with a colon directly behind "
                    + "its name, no characters of control, and not both a Content-Length and a Transfer-Encoding");
    public static final Verdict BAD_ADDRESS = new Verdict(
            ErrorCode.BAD_REQUEST,
            "an address has the characters of a URI only; a name in it is percent-encoded UTF-8, such as "
                    + "/ws/caf%C3%A9/ann");
    public static final Verdict BAD_HOST = new Verdict(
            ErrorCode.BAD_REQUEST, "a request has one Host, which is a name or an address, with a port or without one");
    public static final Verdict BAD_HANDSHAKE = new Verdict(
            ErrorCode.BAD_REQUEST,
            "a WebSocket is opened by GET of HTTP/1.1 without a body, with one Upgrade: websocket and Connection: "
                    + "Upgrade, one Sec-WebSocket-Key of 16 bytes in Base64, and a query in the characters of a URI");
    public static final Verdict AMBIGUOUS_LENGTH =
            new Verdict(ErrorCode.BAD_REQUEST, "it is not clear where this request ends");
    public static final Verdict BAD_CHUNKS = new Verdict(
            ErrorCode.BAD_REQUEST,
            "each chunk of a body has its size in hexadecimal digits, CR LF, its data, and CR LF; at most 1,000 chunks may "
                    + "be smaller than 64 bytes");
    public static final Verdict NO_UPGRADE = new Verdict(
            ErrorCode.UPGRADE_REQUIRED, "this address is for WebSockets only", Map.of("Upgrade", "websocket"));
    public static final Verdict WRONG_VERSION = new Verdict(
            ErrorCode.UPGRADE_REQUIRED,
            "the version of WebSocket here is 13",
            Map.of("Upgrade", "websocket", "Sec-WebSocket-Version", "13"));
    public static final Verdict UNKNOWN_SUBPROTOCOL = new Verdict(
            ErrorCode.BAD_REQUEST,
            "Roomcast speaks " + Subprotocol.V1 + " and " + Subprotocol.V1_DEFLATE + "; ask for one of them in "
                    + "Sec-WebSocket-Protocol, or for none");
    public static final Verdict UNKNOWN_METHOD = new Verdict(ErrorCode.NOT_IMPLEMENTED, "nothing here has this method");
    public static final Verdict FULL = busy("this node is full; try another, or later");
    public static final Verdict OVERLOADED = busy("too many connections are opened at once; try again");
    public static final Verdict DRAINING = busy("this node takes no more sessions; try another");

    private static final int MAX_QUOTED = 100;

    public Verdict(ErrorCode code, String text) {
        this(code, text, Map.of());
    }

    /** A refusal that may be over in the next second. */
    private static Verdict busy(String text) {
        return new Verdict(ErrorCode.BUSY, text, Map.of("Retry-After", String.valueOf(Limits.RETRY_AFTER_MS / 1_000)));
    }

    /** The refusal of a request from another network. */
    static Verdict foreignNetwork(String key) {
        return new Verdict(ErrorCode.FORBIDDEN, "this address does not answer requests from your network; see " + key);
    }

    /** The refusal of a page. Its text names what the operator has to compare. */
    static Verdict foreignOrigin(String origin, String host) {
        return new Verdict(
                ErrorCode.FORBIDDEN,
                "pages of the origin " + quoted(origin) + " may not connect to " + quoted(host)
                        + "; see roomcast.origins",
                // The page that is refused may read why.
                Map.of("Access-Control-Allow-Origin", "*"));
    }

    /** What a client sent, for a line that browsers, terminals and logs may show. */
    private static String quoted(String sent) {
        StringBuilder text = new StringBuilder();
        sent.codePoints()
                .limit(MAX_QUOTED)
                .forEach(c -> text.append(c > ' ' && c < 0x7f && "<>&\"'`".indexOf(c) < 0 ? (char) c : '?'));
        return '"' + text.toString() + (sent.length() > MAX_QUOTED ? "..." : "") + '"';
    }

    public boolean isPass() {
        return code == null;
    }

    /** HTTP status of the refusal. */
    public int status() {
        return code.httpStatus();
    }

    /** The reason phrase of the status in RFC 9110. Grizzly knows no phrase for some of them. */
    public String reason() {
        return switch (status()) {
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 426 -> "Upgrade Required";
            case 501 -> "Not Implemented";
            case 503 -> "Service Unavailable";
            default -> "Bad Request";
        };
    }
}
