package io.roomcast.service.operations;

import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * How much of a client's address operators see, as {@code roomcast.privacy.addresses} says. What they may not see is
 * not stored with a session or a refusal either. Any thread.
 */
@ApplicationScoped
public class ShownAddresses {
    /** Matches numeric addresses, so that no name is resolved. */
    private static final Pattern NUMERIC =
            Pattern.compile("[0-9.]{7,15}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\\w.-]{1,32})?");

    private static final int IPV4_BITS = 24;
    private static final int IPV6_BITS = 48;

    private String mode;

    /** For the container's proxy. */
    protected ShownAddresses() {}

    @Inject
    public ShownAddresses(RoomcastConfig config) {
        this.mode = config.get(OperationKeys.SHOWN_ADDRESSES);
    }

    /**
     * What operators may see of an address: the address itself, its network such as {@code 203.0.113.0/24}, or nothing.
     *
     * @param remote numeric address, or null
     * @return null if there is nothing to see
     */
    public String shown(String remote) {
        if (remote == null || mode.equals("none") || !NUMERIC.matcher(remote).matches()) {
            return null;
        }
        return mode.equals("full") ? remote : network(remote);
    }

    private static String network(String remote) {
        try {
            byte[] address = InetAddress.getByName(remote).getAddress();
            int bits = address.length == 4 ? IPV4_BITS : IPV6_BITS;
            Arrays.fill(address, bits / 8, address.length, (byte) 0);
            return InetAddress.getByAddress(address).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
