package io.roomcast.service.admission;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * Which web pages may connect. A browser sends a person's cookies with the requests of every page that the person
 * views. So a page of another site could act under that person's name. A page cannot hide its {@code Origin}. So this
 * rule finds such a page. Other programs send no {@code Origin}. They are accepted, because they have no access to
 * another person's cookies.
 *
 * @param allowed {@code same-host}, {@code *}, or origins such as {@code https://chat.example} and
 *     {@code https://*.example}
 */
record OriginRule(List<String> allowed) {
    static final String SAME_HOST = "same-host";
    private static final String ANY = "*";

    /**
     * @param origin value of the header, or null
     * @param host host that the request was sent to, with the port if the client named one; or null
     */
    boolean allows(String origin, String host) {
        if (origin == null || allowed.contains(ANY)) {
            return true;
        }
        String lowerCase = origin.toLowerCase(Locale.ROOT);
        return allowed.stream()
                .anyMatch(rule -> rule.equals(SAME_HOST) ? isSameHost(lowerCase, host) : matches(lowerCase, rule));
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

    /** A proxy that ends TLS passes on the host, but not the scheme. So the scheme is taken from the origin. */
    private static boolean isSameHost(String origin, String host) {
        try {
            URI page = new URI(origin);
            if (page.getHost() == null || host == null) {
                return false;
            }
            String defaultPort = "https".equals(page.getScheme()) ? ":443" : ":80";
            String wanted = page.getHost() + (page.getPort() < 0 ? defaultPort : ":" + page.getPort());
            boolean hasPort = host.lastIndexOf(':') > host.lastIndexOf(']');
            return wanted.equals(host.toLowerCase(Locale.ROOT) + (hasPort ? "" : defaultPort));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
