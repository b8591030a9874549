package io.roomcast.service.admission;

import io.roomcast.config.NumericAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and maybe its port, as in the header {@code Host}. The host is an address, or a name of letters, digits and
 * {@code . - _}. Names on the Internet have no underscore, but those of containers and intranets do. A name is never
 * resolved.
 *
 * @param host in lower case; an IPv6 address is in brackets
 * @param port -1 if there is none
 */
record HostPort(String host, int port) {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9._-]{1,255}|\\[[^\\[\\]%]*])(?::(\\d{1,5}))?");
    private static final int MAX_PORT = 65_535;

    /** @return null if the text is not a host, with a valid port or without one */
    static HostPort parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        String host = form.group(1).toLowerCase(Locale.ROOT);
        int port = form.group(2) == null ? -1 : Integer.parseInt(form.group(2));
        // An IPv4 address in brackets is none.
        return port > MAX_PORT
                        || isAddress(host) && (inner(host).indexOf(':') < 0 || NumericAddress.of(inner(host)) == null)
                ? null
                : new HostPort(host, port);
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[");
    }

    private static String inner(String host) {
        return host.substring(1, host.length() - 1);
    }

    int portOr(int defaultPort) {
        return port < 0 ? defaultPort : port;
    }

    /** Whether the host is {@code localhost}, a name below it, or a loopback address. */
    boolean isLoopback() {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || isLoopbackAddress(isAddress(host) ? inner(host) : host);
    }

    /** @param address a numeric address; a name or null is none */
    static boolean isLoopbackAddress(String address) {
        var numeric = NumericAddress.of(address);
        return numeric != null && numeric.isLoopbackAddress();
    }
}
