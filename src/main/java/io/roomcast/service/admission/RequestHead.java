package io.roomcast.service.admission;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The parts of a request's head that {@link RequestGuard} checks. All values of each header are kept. Servers
 * differ in which value they use.
 *
 * @param path path as the client sent it, without the query
 * @param query query as the client sent it; empty if there is none
 * @param isEndpoint whether WebSockets are opened at this path
 * @param hasUnambiguousLength whether the length of the body is {@linkplain BodyLength unambiguous}
 * @param offersUpgrade whether the client offers to change to another protocol, in any form that some server accepts
 */
public record RequestHead(
        String method,
        String protocol,
        String path,
        String query,
        boolean isEndpoint,
        boolean hasUnambiguousLength,
        boolean offersUpgrade,
        List<String> upgrade,
        List<String> connection,
        List<String> origin,
        List<String> host) {
    public static final String UPGRADE = "Upgrade";
    private static final String WEB_SOCKET = "Sec-WebSocket-";
    private static final Set<String> FORWARDED =
            Set.of("forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip");

    /**
     * @param path path as the client sent it, without the query
     * @param query null if there is none
     * @param isEndpoint whether WebSockets are opened at this path
     * @param names names of all headers
     * @param values returns all values of a header
     */
    public static RequestHead of(
            String method,
            String protocol,
            String path,
            String query,
            boolean isEndpoint,
            Iterable<String> names,
            Function<String, List<String>> values) {
        boolean offersUpgrade = false;
        for (String name : names) {
            offersUpgrade |= isUpgradeHeader(name);
        }
        return new RequestHead(
                method,
                protocol,
                path,
                query == null ? "" : query,
                isEndpoint,
                BodyLength.isUnambiguous(names, values),
                offersUpgrade,
                values.apply(UPGRADE),
                values.apply("Connection"),
                values.apply("Origin"),
                values.apply("Host"));
    }

    /**
     * Whether a header of this name makes any of the servers open a WebSocket. Undertow checks {@code Upgrade}. Tyrus
     * checks the headers {@code Sec-WebSocket-…}.
     */
    public static boolean isUpgradeHeader(String header) {
        return UPGRADE.equalsIgnoreCase(header) || header.regionMatches(true, 0, WEB_SOCKET, 0, WEB_SOCKET.length());
    }

    /** Whether a header of this name says that a proxy has forwarded the request. */
    public static boolean isForwarding(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("x-forwarded-") || FORWARDED.contains(name);
    }

    /** Whether the request asks for a WebSocket connection, in a valid form or not. */
    public boolean isHandshake() {
        return isEndpoint && (offersUpgrade || "CONNECT".equalsIgnoreCase(method));
    }

    /** Whether a handshake is allowed by RFC 6455, and all servers read it alike. */
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
