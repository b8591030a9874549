package io.roomcast.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * How a connection came here.
 *
 * @param local address of this machine that it arrived at
 * @param remote address that it came from
 * @param host that the client asked for, with a port if it named one; all three null where unknown
 * @param login name that the application server knows the user by, or null
 */
public record Arrival(String local, String remote, String host, String login) {
    /** Request header by which the guard tells the endpoint; what a client sends under this name is replaced. */
    public static final String HEADER = "Roomcast-Arrival";

    /** The value of {@link #HEADER}. */
    public static String header(String local, String remote) {
        return local + ' ' + remote;
    }

    /** @param header the value of {@link #HEADER}, or null where no guard stood: then nothing is known */
    public static Arrival of(String header, String host, String login) {
        String[] addresses = header == null ? new String[0] : header.split(" ", -1);
        return addresses.length == 2
                ? new Arrival(addresses[0], addresses[1], host, login)
                : new Arrival(null, null, host, login);
    }

    /**
     * Whether it never left this machine, as far as one can tell. The name counts too: a proxy on this machine brings strangers to a loopback
     * address, and so does a page whose own name was pointed at one; both ask for another host.
     */
    boolean isLoopback() {
        return isLoopbackAddress(local) && host != null && isLoopbackName(withoutPort(host));
    }

    /** Where it came from, for counting: an address, or of IPv6 the /64 network, since one customer has all of that. */
    String network() {
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

    private static String withoutPort(String host) {
        int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
        return end > 0 ? host.substring(0, end) : host;
    }

    private static boolean isLoopbackName(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || isLoopbackAddress(name.startsWith("[") ? name.substring(1, name.length() - 1) : name);
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
