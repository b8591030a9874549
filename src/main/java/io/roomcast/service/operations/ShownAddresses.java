package io.roomcast.service.operations;

import io.roomcast.config.NumericAddress;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * How much of a client's address operators see, as {@code roomcast.privacy.addresses} says. What they may not see is
 * not stored with a session or a refusal either. Any thread.
 */
@ApplicationScoped
public class ShownAddresses {
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
     * @param remote numeric address; or null, or another text, which some proxies pass on. No name is resolved
     * @return null if there is nothing to see
     */
    public String shown(String remote) {
        InetAddress address = mode.equals("none") ? null : NumericAddress.of(remote);
        if (address == null) {
            return null;
        }
        return mode.equals("full") ? remote : network(address.getAddress());
    }

    private static String network(byte[] address) {
        try {
            int bits = address.length == 4 ? IPV4_BITS : IPV6_BITS;
            Arrays.fill(address, bits / 8, address.length, (byte) 0);
            return InetAddress.getByAddress(address).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
