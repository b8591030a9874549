package io.roomcast.service.admission;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The head of a request, as far as the guard looks at it. Headers are all the values that came under a name, since servers do not agree on which of several
 * counts.
 *
 * @param path as the client wrote it, without the query
 * @param query as the client wrote it; empty where there is none
 * @param endpoint whether WebSockets are opened there
 * @param clear whether it is {@linkplain BodyLength clear} where the request ends
 * @param offers whether the client offers to go on with another protocol, in any way that some server takes for that
 */
public record RequestHead(
        String method,
        String protocol,
        String path,
        String query,
        boolean endpoint,
        boolean clear,
        boolean offers,
        List<String> upgrade,
        List<String> connection,
        List<String> origin,
        List<String> host) {
    public static final String UPGRADE = "Upgrade";
    private static final String WEB_SOCKET = "Sec-WebSocket-";
    private static final Set<String> FORWARDED =
            Set.of("forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip");

    /**
     * @param path and {@code endpoint} as above
     * @param query null where there is none
     * @param names of all headers
     * @param values all that came under a name
     */
    public static RequestHead of(
            String method,
            String protocol,
            String path,
            String query,
            boolean endpoint,
            Iterable<String> names,
            Function<String, List<String>> values) {
        boolean offers = false;
        for (String name : names) {
            offers |= isOffer(name);
        }
        return new RequestHead(
                method,
                protocol,
                path,
                query == null ? "" : query,
                endpoint,
                BodyLength.isClear(names, values),
                offers,
                values.apply(UPGRADE),
                values.apply("Connection"),
                values.apply("Origin"),
                values.apply("Host"));
    }

    /** Whether a header of this name makes some server open a WebSocket: Undertow looks at the one, Tyrus at the others. */
    public static boolean isOffer(String header) {
        return UPGRADE.equalsIgnoreCase(header) || header.regionMatches(true, 0, WEB_SOCKET, 0, WEB_SOCKET.length());
    }

    /** Whether a header of this name tells that somebody stands between the client and this machine. */
    public static boolean isForwarding(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("x-forwarded-") || FORWARDED.contains(name);
    }

    /** Whether it asks to become a WebSocket connection, well or badly. */
    public boolean isHandshake() {
        return endpoint && (offers || "CONNECT".equalsIgnoreCase(method));
    }

    /** Whether a handshake is one that RFC 6455 allows, and that all servers read alike. */
    boolean isWellFormed() {
        return method.equals("GET")
                && RequestPath.isPlainQuery(query)
                && protocol.equals("HTTP/1.1")
                && upgrade.size() == 1
                && upgrade.get(0).strip().equalsIgnoreCase("websocket")
                && connection.stream()
                        .flatMap(values -> Stream.of(values.split(",", -1)))
                        .anyMatch(option -> option.strip().equalsIgnoreCase(UPGRADE));
    }
}
