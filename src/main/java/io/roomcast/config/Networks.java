package io.roomcast.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Networks from which requests are taken. Immutable. */
public final class Networks {
    private static final String ANY = "any";
    /** For nobody. An empty text would not do: where configuration has several sources, it means the default. */
    private static final String NONE = "none";

    private static final String EXPECTED =
            "a list of networks such as 192.0.2.0/24 or 2001:db8::/32, of addresses, and of loopback, private, any or "
                    + "none";
    /** Networks that have a name of their own: loopback, and what RFC 1918, 3927 and 4193 keep from the internet. */
    private static final Map<String, List<String>> NAMED = Map.of(
            "loopback",
            List.of("127.0.0.0/8", "::1/128"),
            "private",
            List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"));

    /** The first bits of an address. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Network(byte[] start, int bits) {
        boolean contains(byte[] address) {
            if (address.length != start.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((address[bit / 8] & mask) != (start[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final boolean any;
    private final List<Network> networks = new ArrayList<>();

    private Networks(List<String> names) {
        any = names.contains(ANY);
        for (String name : names) {
            if (!name.equals(ANY) && !name.equals(NONE)) {
                NAMED.getOrDefault(name, List.of(name)).forEach(each -> networks.add(network(each)));
            }
        }
    }

    /**
     * @param text a list of networks such as {@code 192.0.2.0/24}, of addresses, and of {@code loopback}, {@code
     *     private}, {@code any} and {@code none}
     * @throws IllegalArgumentException with the expected format
     */
    static Networks parse(String text) {
        List<String> names = Values.list(text);
        if (names.isEmpty() || names.size() > 1 && names.contains(NONE)) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return new Networks(names);
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        InetAddress address = NumericAddress.of(slash < 0 ? text : text.substring(0, slash));
        if (address != null && !text.contains("%")) {
            byte[] start = address.getAddress();
            int most = start.length * Byte.SIZE;
            String bits = slash < 0 ? String.valueOf(most) : text.substring(slash + 1);
            if (bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= most) {
                return new Network(start, Integer.parseInt(bits));
            }
        }
        throw new IllegalArgumentException(EXPECTED);
    }

    /**
     * Whether an address is in one of the networks.
     *
     * @param address text of a server or a proxy, which may have it from the client; or null. What is no address is
     *     only in {@code any}
     */
    public boolean contains(String address) {
        if (any) {
            return true;
        }
        InetAddress read = NumericAddress.of(address);
        return read != null && networks.stream().anyMatch(network -> network.contains(read.getAddress()));
    }
}
