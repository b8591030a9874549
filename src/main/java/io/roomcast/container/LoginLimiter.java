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
 * Limits the wrong passwords that come from one address. For one name, an address has a few attempts; then it must
 * pause for longer than application servers count wrong passwords of a user. So a single address cannot make the server
 * lock an account. For all names together, an address has some attempts in a minute. A correct password uses no
 * attempt. Networks of IPv6 with 64 bits count as one address. Any thread; never waits.
 */
@ApplicationScoped
public class LoginLimiter {
    /** How many addresses, and how many names of addresses, are remembered: the latest ones with a login. */
    private static final int MAX_REMEMBERED = 10_000;

    private static final long SECONDS_OF_MINUTE = 60;
    private static final long MINUTE_NANOS = TimeUnit.SECONDS.toNanos(SECONDS_OF_MINUTE);
    private static final int IPV6_NETWORK_BYTES = 8;

    private final Map<String, Rate> addresses = new Latest<>();
    private final Map<NameOfAddress, Failures> names = new Latest<>();
    private int perMinute;
    private int perName;
    private long pauseNanos;
    private LongSupplier nanoClock;

    /** The hash stands for a name of any length. If two names have the same, they share their attempts. */
    private record NameOfAddress(String network, int nameHash) {}

    /** The attempts in a minute that an address has left. */
    private static final class Rate {
        double left;
        long countedAt;
    }

    /** The wrong passwords for a name. */
    private static final class Failures {
        int count;
        long lastAt;
    }

    private static final class Latest<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;

        Latest() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }

    /** For the container's proxy. */
    protected LoginLimiter() {}

    @Inject
    public LoginLimiter(RoomcastConfig config, Clocks clocks) {
        this.perMinute = config.get(AccessKeys.LOGIN_RATE);
        this.perName = config.get(AccessKeys.LOGIN_FAILURES);
        this.pauseNanos = config.get(AccessKeys.LOGIN_PAUSE).toNanos();
        this.nanoClock = clocks.nanos();
    }

    /**
     * Takes an attempt. {@link #succeeded} must follow if the password is correct.
     *
     * @param address IP address of the client
     * @return 0 if the password may be checked, else the seconds until it may be
     */
    synchronized long take(String address, String name) {
        long now = nanoClock.getAsLong();
        String network = network(address);
        Failures failures = names.get(new NameOfAddress(network, name.hashCode()));
        if (failures != null && now - failures.lastAt >= pauseNanos) {
            failures.count = 0;
        }
        if (perName > 0 && failures != null && failures.count >= perName) {
            return 1 + TimeUnit.NANOSECONDS.toSeconds(pauseNanos - (now - failures.lastAt));
        }
        long waitSeconds = takeOfMinute(network, now);
        if (waitSeconds == 0) {
            Failures counted =
                    names.computeIfAbsent(new NameOfAddress(network, name.hashCode()), unknown -> new Failures());
            counted.count++;
            counted.lastAt = now;
        }
        return waitSeconds;
    }

    private long takeOfMinute(String network, long now) {
        if (perMinute == 0) {
            return 0;
        }
        Rate rate = addresses.computeIfAbsent(network, unknown -> {
            Rate all = new Rate();
            all.left = perMinute;
            all.countedAt = now;
            return all;
        });
        double regained = (double) perMinute * (now - rate.countedAt) / MINUTE_NANOS;
        rate.left = Math.min(perMinute, rate.left + regained);
        rate.countedAt = now;
        if (rate.left < 1) {
            return 1 + (long) ((1 - rate.left) * SECONDS_OF_MINUTE / perMinute);
        }
        rate.left--;
        return 0;
    }

    synchronized void succeeded(String address, String name) {
        String network = network(address);
        names.remove(new NameOfAddress(network, name.hashCode()));
        Rate rate = addresses.get(network);
        if (rate != null) {
            rate.left++;
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
