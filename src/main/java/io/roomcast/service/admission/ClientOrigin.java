package io.roomcast.service.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a connection comes from. The guard finds out and hands it to the endpoint in a header of the handshake, because
 * all servers pass headers on. The header is sealed with a secret of this process, so no client can forge it. A
 * connection that did not pass the guard has none, and is refused.
 *
 * @param local address of this machine that it arrived at; null where unknown, or where a proxy says that it stands between
 * @param remote address that it came from
 * @param host that the client asked for, with a port if it named one; all three null where unknown
 * @param login name that the application server knows the user by, or null
 */
public record ClientOrigin(String local, String remote, String host, String login) {
    public static final String HEADER = "Roomcast-Client-Origin";

    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");
    private static final Pattern BRACKETS = Pattern.compile("^\\[(.*)]$");
    private static final byte[] SEAL = seal();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private static byte[] seal() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /**
     * @param local and {@code remote}: addresses of the connection
     * @param names of all headers of its handshake
     */
    public static ClientOrigin of(String local, String remote, RequestHead head, Iterable<String> names) {
        boolean direct = true;
        for (String name : names) {
            direct &= !RequestHead.isForwarding(name);
        }
        return new ClientOrigin(
                direct ? local : null,
                remote,
                head.host().size() == 1 ? head.host().get(0) : null,
                null);
    }

    /** The value of {@link #HEADER}. */
    public String sealed() {
        return Stream.of(SEAL, bytes(local), bytes(remote), bytes(host))
                .map(ENCODER::encodeToString)
                .collect(Collectors.joining("."));
    }

    private static byte[] bytes(String text) {
        return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @param values that came under {@link #HEADER}
     * @return null unless the guard wrote it
     */
    public static ClientOrigin unsealed(List<String> values) {
        if (values.size() != 1) {
            return null;
        }
        String[] parts = values.get(0).split("\\.", -1);
        try {
            return parts.length == 4
                            && MessageDigest.isEqual(
                                    SEAL, Base64.getUrlDecoder().decode(parts[0]))
                    ? new ClientOrigin(text(parts[1]), text(parts[2]), text(parts[3]), null)
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String text(String part) {
        return part.isEmpty() ? null : new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }

    /** The same of somebody whom the application server knows. */
    public ClientOrigin of(String name) {
        return new ClientOrigin(local, remote, host, name);
    }

    /**
     * Whether the connection never left this machine, as far as one can tell. The host name counts too: a proxy on this
     * machine, or a web page whose own name points at a loopback address, brings strangers to a loopback address, and
     * both ask for another host. A connection that a proxy reports is never of this machine.
     */
    boolean isLoopback() {
        return isLoopbackAddress(local)
                && isLoopbackAddress(remote)
                && host != null
                && isLoopbackName(PORT.matcher(host).replaceFirst(""));
    }

    /** Where it came from, for counting: an address, or of IPv6 the /64 network, since one customer has all of that. */
    public String network() {
        return network(remote);
    }

    /** @param remote address, in figures */
    public static String network(String remote) {
        if (remote == null || remote.indexOf(':') < 0) {
            return remote;
        }
        try {
            byte[] address = InetAddress.getByName(remote).getAddress();
            return address.length == 16 ? HexFormat.of().formatHex(address, 0, 8) : remote;
        } catch (UnknownHostException e) {
            return remote;
        }
    }

    private static boolean isLoopbackName(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || isLoopbackAddress(BRACKETS.matcher(name).replaceFirst("$1"));
    }

    /** Addresses in figures only: nothing is looked up. */
    private static boolean isLoopbackAddress(String address) {
        if (address == null || !address.matches("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%.+)?")) {
            return false;
        }
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
