package io.roomcast.container;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits the wrong passwords that come from one address, so that nobody guesses passwords, or locks accounts in a server
 * that counts wrong ones. An address that has used up its attempts gets a new one at regular intervals. A correct
 * password uses no attempt. Networks of IPv6 with 64 bits count as one address. Any thread; never waits.
 */
@ApplicationScoped
public class LoginLimiter {
    /** The addresses that are remembered: the latest ones with a login. */
    private static final int MAX_ADDRESSES = 10_000;

    private static final long SECONDS_OF_MINUTE = 60;
    private static final long MINUTE_NANOS = TimeUnit.SECONDS.toNanos(SECONDS_OF_MINUTE);
    private static final int IPV6_NETWORK_BYTES = 8;

    private final Map<String, Attempts> addresses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Attempts> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };
    private int perMinute;
    private LongSupplier nanoClock;

    /** The attempts that an address has left. */
    private static final class Attempts {
        double left;
        long countedAt;
    }

    /** For the container's proxy. */
    protected LoginLimiter() {}

    @Inject
    public LoginLimiter(RoomcastConfig config, Clocks clocks) {
        this.perMinute = config.get(AccessKeys.LOGIN_FAILURES);
        this.nanoClock = clocks.nanos();
    }

    /**
     * Takes an attempt. {@link #giveBack} must follow if the password is correct.
     *
     * @param address IP address of the client
     * @return 0 if the password may be checked, else the seconds until it may be
     */
    synchronized long take(String address) {
        if (perMinute == 0) {
            return 0;
        }
        long now = nanoClock.getAsLong();
        Attempts attempts = addresses.computeIfAbsent(network(address), unknown -> {
            Attempts all = new Attempts();
            all.left = perMinute;
            all.countedAt = now;
            return all;
        });
        double regained = (double) perMinute * (now - attempts.countedAt) / MINUTE_NANOS;
        attempts.left = Math.min(perMinute, attempts.left + regained);
        attempts.countedAt = now;
        if (attempts.left < 1) {
            return 1 + (long) ((1 - attempts.left) * SECONDS_OF_MINUTE / perMinute);
        }
        attempts.left--;
        return 0;
    }

    synchronized void giveBack(String address) {
        Attempts attempts = addresses.get(network(address));
        if (attempts != null) {
            attempts.left++;
        }
    }

    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, IPV6_NETWORK_BYTES)));
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
