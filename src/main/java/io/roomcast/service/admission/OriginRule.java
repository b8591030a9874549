package io.roomcast.service.admission;

import java.util.List;
import java.util.Locale;

/**
 * Which web pages may connect. A browser sends a person's cookies with the requests of every page that the person
 * views. So a page of another site could act under that person's name. A browser sends {@code scheme://host:port} or
 * {@code null} as the {@code Origin} of a page, and no page can change that. So this rule finds such a page. Other
 * programs send no {@code Origin}, or one of their library's making. An empty one, or one without a scheme, is no
 * browser's.
 *
 * @param allowed {@code *}, or origins such as {@code https://chat.example} and {@code https://*.example}, beside the
 *     server's own, which {@code same-host} stands for
 * @param isLoopbackOneHost whether all loopback names and addresses, at any port, are the same host. This is so while
 *     every program of this machine may connect in any case.
 */
record OriginRule(List<String> allowed, boolean isLoopbackOneHost) {
    private static final String ANY = "*";
    private static final String AFTER_SCHEME = "://";
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * @param origin value of the header, or null
     * @param host host that the request was sent to, with the port if the client named one; or null
     */
    boolean allows(String origin, String host) {
        if (origin == null || allowed.contains(ANY)) {
            return true;
        }
        String lowerCase = withoutSlash(origin.strip().toLowerCase(Locale.ROOT));
        HostPort server = host == null ? null : HostPort.parse(host);
        // The server's own page is not of another site, whatever else is listed.
        return isSameHost(lowerCase, server) || allowed.stream().anyMatch(rule -> matches(lowerCase, rule));
    }

    /** Whether pages of every origin may connect. */
    boolean isForAll() {
        return allowed.contains(ANY);
    }

    /** Some libraries append the path of an address without one. */
    private static String withoutSlash(String origin) {
        return origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin;
    }

    private static boolean matches(String origin, String rule) {
        int wildcard = rule.indexOf("://*.");
        if (wildcard < 0) {
            return origin.equals(rule);
        }
        String scheme = rule.substring(0, wildcard + 3);
        String parent = rule.substring(wildcard + 4);
        return origin.startsWith(scheme)
                && origin.endsWith(parent)
                && origin.length() > scheme.length() + parent.length();
    }

    private boolean isSameHost(String origin, HostPort server) {
        if (server == null) {
            return false;
        }
        if (origin.isEmpty()) {
            return true;
        }
        int scheme = origin.indexOf(AFTER_SCHEME);
        HostPort page = HostPort.parse(scheme < 0 ? origin : origin.substring(scheme + AFTER_SCHEME.length()));
        // A page in a sandbox has the origin null, and there may be a host of that name.
        if (page == null || origin.equals("null")) {
            return false;
        }
        if (isLoopbackOneHost && page.isLoopback() && server.isLoopback()) {
            return true;
        }
        return page.host().equals(server.host())
                && (scheme < 0
                        ? page.portOr(server.port()) == server.port()
                        : isSamePort(page, server, defaultPort(origin.substring(0, scheme))));
    }

    /** A proxy that ends TLS passes on the host, but not the scheme. So the scheme is taken from the origin. */
    private static boolean isSamePort(HostPort page, HostPort server, int defaultPort) {
        return page.portOr(defaultPort) == server.portOr(defaultPort);
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") || scheme.equals("wss") ? HTTPS_PORT : HTTP_PORT;
    }
}
