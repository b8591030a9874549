package io.roomcast.service.admission;

import io.roomcast.config.NumericAddress;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Where a connection comes from. {@link RequestGuard} checks the handshake. A header passes the origin to the endpoint,
 * because all servers pass headers on. The header contains a secret of this process. So no client can forge the header.
 * A connection without the header was not checked, and is refused.
 *
 * @param local address of this machine at which the connection arrived; null if unknown, or if a proxy forwarded the
 *     request
 * @param remote address of the other end; null if unknown
 * @param host host that the client asked for, with the port if the client named one; null if unknown
 * @param login user name of the login at the application server, or null
 * @param roles those roles of this user at the application server that {@code roomcast.roles} has rules for
 */
public record ClientOrigin(String local, String remote, String host, String login, List<String> roles) {
    public static final String HEADER = "Roomcast-Client-Origin";

    /** The network of those whose address is unknown. Otherwise a client could have many, by inventing texts. */
    private static final String NO_ADDRESS = "no address";

    /** Stands between two roles in the header. The name of a key, and so of a role, is one line. */
    private static final String ROLE_END = "\n";

    private static final int IPV6_BYTES = 16;
    private static final int IPV6_NETWORK_BYTES = 8;

    /** The secret of this process. */
    private static final byte[] SECRET = newSecret();

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final String ENCODED_SECRET = ENCODER.encodeToString(SECRET);

    private static byte[] newSecret() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /**
     * @param local address of this machine at which the connection arrived
     * @param remote address of the other end
     * @param names names of all headers of the handshake
     */
    public static ClientOrigin of(String local, String remote, RequestHead head, Iterable<String> names) {
        boolean isDirect = true;
        for (String name : names) {
            isDirect &= !RequestHead.isForwarding(name);
        }
        return new ClientOrigin(
                isDirect ? local : null,
                remote,
                head.host().size() == 1 ? head.host().get(0) : null,
                null,
                List.of());
    }

    /** The value of {@link #HEADER}. */
    public String toHeader() {
        return String.join(
                ".",
                ENCODED_SECRET,
                encoded(local),
                encoded(remote),
                encoded(host),
                encoded(String.join(ROLE_END, roles)));
    }

    private static String encoded(String text) {
        return text == null ? "" : ENCODER.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param values values of the header {@link #HEADER}
     * @return the origin in the header; null unless this process has written the header
     */
    public static ClientOrigin fromHeader(List<String> values) {
        if (values.size() != 1) {
            return null;
        }
        String[] parts = values.get(0).split("\\.", -1);
        try {
            return parts.length == 5
                            && MessageDigest.isEqual(
                                    SECRET, Base64.getUrlDecoder().decode(parts[0]))
                    ? new ClientOrigin(text(parts[1]), text(parts[2]), text(parts[3]), null, roles(text(parts[4])))
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String text(String part) {
        return part.isEmpty() ? null : new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }

    private static List<String> roles(String text) {
        return text == null ? List.of() : List.of(text.split(ROLE_END, -1));
    }

    /** This origin, with roles of a login at the application server. */
    public ClientOrigin withRoles(List<String> found) {
        return new ClientOrigin(local, remote, host, login, found);
    }

    /** This origin, with the user name of a login at the application server. */
    public ClientOrigin withLogin(String name) {
        return new ClientOrigin(local, remote, host, name, roles);
    }

    /**
     * Whether the connection comes from this machine, as far as this can be known. Loopback addresses do not prove
     * this. A proxy on this machine connects from a loopback address, too. And a web page can have a host name that
     * resolves to a loopback address. In both cases, the client asks for a host that is not a loopback host. So the
     * host must be a loopback host, too. A connection with a header of a proxy is never from this machine.
     */
    boolean isLoopback() {
        HostPort asked = host == null ? null : HostPort.parse(host);
        return HostPort.isLoopbackAddress(local)
                && HostPort.isLoopbackAddress(remote)
                && asked != null
                && asked.isLoopback();
    }

    /**
     * The network of the client, to which {@code roomcast.limits.address-sessions} applies. This is an IPv4 address, or
     * the /64 prefix of an IPv6 address, because one customer usually has all addresses of such a prefix.
     */
    public String network() {
        return network(remote);
    }

    /**
     * The network of an address.
     *
     * @param remote text of a server or a proxy, which may have it from the client; or null
     * @return short text; the same for all texts that are no address; null for null
     */
    public static String network(String remote) {
        if (remote == null) {
            return null;
        }
        InetAddress address = NumericAddress.of(remote);
        if (address == null) {
            return NO_ADDRESS;
        }
        byte[] bytes = address.getAddress();
        return bytes.length == IPV6_BYTES
                ? HexFormat.of().formatHex(bytes, 0, IPV6_NETWORK_BYTES)
                : address.getHostAddress();
    }
}
