package io.roomcast.service.admission;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * Which pages may connect. A browser sends along the cookies and the network place of whoever looks at a page, so a page of another site
 * could chat in its visitor's name; it cannot hide its {@code Origin}, though. Programs send none, and have no visitor to betray.
 *
 * @param allowed {@code same-host}, {@code *}, or origins such as {@code https://chat.example} and {@code https://*.example}
 */
record OriginRule(List<String> allowed) {
    static final String SAME_HOST = "same-host";
    private static final String ANY = "*";

    /** @param host that the request was sent to, with its port if it names one; may be null */
    boolean allows(String origin, String host) {
        if (origin == null || allowed.contains(ANY)) {
            return true;
        }
        String plain = origin.toLowerCase(Locale.ROOT);
        return allowed.stream().anyMatch(rule -> rule.equals(SAME_HOST) ? isSame(plain, host) : matches(plain, rule));
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

    /** A proxy that ends TLS passes the host on but not the scheme, so the scheme is the origin's. */
    private static boolean isSame(String origin, String host) {
        try {
            URI page = new URI(origin);
            if (page.getHost() == null || host == null) {
                return false;
            }
            String standard = "https".equals(page.getScheme()) ? ":443" : ":80";
            String wanted = page.getHost() + (page.getPort() < 0 ? standard : ":" + page.getPort());
            boolean named = host.lastIndexOf(':') > host.lastIndexOf(']');
            return wanted.equals(host.toLowerCase(Locale.ROOT) + (named ? "" : standard));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
