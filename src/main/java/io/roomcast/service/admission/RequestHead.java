package io.roomcast.service.admission;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * The parts of a request's head that {@link RequestGuard} checks. All values of each header are kept. Servers
 * differ in which value they use.
 *
 * @param path path as the client sent it, without the query
 * @param query query as the client sent it; empty if there is none
 * @param resource decoded path, without the context path of the application; empty if the path is not {@linkplain
 *     RequestPath#isPlain plain}
 * @param isReadable whether all names and values of headers are without characters of control
 * @param hasUnambiguousLength whether the length of the body is {@linkplain BodyLength unambiguous}
 * @param hasBody whether the request has a body, which is not empty as far as its head says
 * @param fetchSite what a browser says of the site of the page that sends the request
 * @param forwardedFor {@link ForwardedAddresses addresses that proxies have passed on}
 * @param offersUpgrade whether the client offers to change to another protocol, in any form that some server accepts
 */
public record RequestHead(
        String method,
        String protocol,
        String path,
        String query,
        String resource,
        boolean isReadable,
        boolean hasUnambiguousLength,
        boolean hasBody,
        boolean offersUpgrade,
        HandshakeHead handshake,
        List<String> origin,
        List<String> fetchSite,
        List<String> host,
        List<String> forwardedFor) {
    public static final String UPGRADE = "Upgrade";
    private static final String WEB_SOCKET = "Sec-WebSocket-";
    private static final Set<String> FORWARDED = Set.of(
            "forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "fastly-client-ip");

    /**
     * @param path path as the client sent it, without the query
     * @param query null if there is none
     * @param resource decoded path, without the context path of the application
     * @param names names of all headers
     * @param values returns all values of a header
     */
    public static RequestHead of(
            String method,
            String protocol,
            String path,
            String query,
            String resource,
            Iterable<String> names,
            Function<String, List<String>> values) {
        boolean offersUpgrade = false;
        boolean isReadable = true;
        for (String name : names) {
            offersUpgrade |= isUpgradeHeader(name);
            isReadable &= values.apply(name).stream().allMatch(RequestHead::isReadable);
        }
        List<String> length = values.apply("Content-Length");
        boolean hasEncoding = !values.apply("Transfer-Encoding").isEmpty();
        return new RequestHead(
                method,
                protocol,
                path,
                query == null ? "" : query,
                resource,
                isReadable,
                // HTTP/1.0 knows no chunks. A proxy of that version would look for the body in another way.
                BodyLength.isUnambiguous(names, values) && !(hasEncoding && protocol.equals("HTTP/1.0")),
                hasEncoding || !length.isEmpty() && !length.equals(List.of("0")),
                offersUpgrade,
                new HandshakeHead(
                        values.apply(UPGRADE),
                        values.apply("Connection"),
                        values.apply("Sec-WebSocket-Key"),
                        values.apply("Sec-WebSocket-Version"),
                        values.apply("Sec-WebSocket-Protocol")),
                values.apply("Origin"),
                values.apply("Sec-Fetch-Site"),
                values.apply("Host"),
                ForwardedAddresses.of(names, values));
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
        return name.startsWith("x-forwarded") || FORWARDED.contains(name);
    }

    private static boolean isReadable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    boolean isHttp11() {
        return protocol.equals("HTTP/1.1");
    }

    /** Whether the request asks for a WebSocket connection, in a valid form or not. */
    public boolean isHandshake() {
        return RequestPath.isEndpoint(resource) && (offersUpgrade || "CONNECT".equalsIgnoreCase(method));
    }

    /** Whether the request is one of a client that uses rooms over HTTP, and does more than to ask what it may do. */
    public boolean isForRooms() {
        return isAboutRooms() && !method.equals("OPTIONS");
    }

    /** Whether the address of the request is one of rooms over HTTP. */
    public boolean isAboutRooms() {
        return RequestPath.isRooms(resource);
    }

    /** Whether the client waits for messages with this request, as in a session. */
    public boolean isWaiting() {
        return isForRooms() && RequestPath.isWaiting(resource);
    }

    /**
     * Whether a browser sends the request for a page of another origin, and does not say which. Browsers send no {@code
     * Origin} with a GET for a picture, or when a person follows a link.
     */
    boolean isOfUnnamedPage() {
        return origin.isEmpty()
                && fetchSite.stream()
                        .anyMatch(site -> site.equalsIgnoreCase("cross-site") || site.equalsIgnoreCase("same-site"));
    }

    /** Whether a handshake of version 13 is allowed by RFC 6455, and all servers read it alike. */
    boolean isWellFormed() {
        return method.equals("GET")
                && RequestPath.isPlainQuery(query)
                && isHttp11()
                && !hasBody
                && handshake.isWellFormed();
    }
}
