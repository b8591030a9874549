package io.roomcast.container;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.service.admission.ClientOrigin;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits the wrong passwords that come from one address. For one name, an address has a few attempts; then it must
 * pause for longer than application servers count wrong passwords of a user. So a single address cannot make the server
 * lock an account. For all names together, an address has some attempts in a minute. A correct password uses no
 * attempt. An address is what {@link ClientOrigin#network(String)} makes of it, a name what {@link LoginName} does.
 *
 * <p>A password that is being checked may be wrong. So the passwords that are being checked count, too, until the
 * realm has answered. An address that has no attempt left because of them may try again after a moment.
 *
 * <p>Any thread; never waits.
 */
@ApplicationScoped
public class LoginLimiter {
    /** How many addresses, and how many names of addresses, are remembered: the latest ones with a login. */
    private static final int MAX_REMEMBERED = 10_000;

    private static final long SECONDS_OF_MINUTE = 60;
    private static final long MINUTE_NANOS = TimeUnit.SECONDS.toNanos(SECONDS_OF_MINUTE);

    private final Map<String, Rate> addresses = new Latest<>();
    private final Map<NameOfAddress, Failures> names = new Latest<>();
    private int perMinute;
    private int perName;
    private long pauseNanos;
    private LongSupplier nanoClock;

    private record NameOfAddress(String network, String name) {}

    /** The wrong passwords in a minute that an address has left. */
    private static final class Rate {
        double left;
        long countedAt;
        int inCheck;
    }

    /** The wrong passwords for a name. */
    private static final class Failures {
        int count;
        long lastAt;
        int inCheck;
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
     * Begins an attempt, which must be closed.
     *
     * @param address IP address of the client, or what a proxy says of it
     */
    LoginAttempt begin(String address, String name) {
        String network = ClientOrigin.network(address);
        return begin(new NameOfAddress(network, LoginName.key(name)));
    }

    private synchronized LoginAttempt begin(NameOfAddress key) {
        long now = nanoClock.getAsLong();
        Failures known = names.get(key);
        Failures failures = known == null ? new Failures() : known;
        if (now - failures.lastAt >= pauseNanos) {
            failures.count = 0;
        }
        Rate rate = addresses.computeIfAbsent(key.network(), unknown -> newRate(now));
        regain(rate, now);
        LoginAttempt refused = refusal(failures, rate, now);
        if (refused != null) {
            return refused;
        }
        names.put(key, failures);
        failures.inCheck++;
        rate.inCheck++;
        return LoginAttempt.allowed(isCorrect -> end(key, failures, rate, isCorrect));
    }

    /** @return null if the password may be checked */
    private LoginAttempt refusal(Failures failures, Rate rate, long now) {
        if (perName > 0 && failures.count >= perName) {
            return LoginAttempt.afterFailures(1 + TimeUnit.NANOSECONDS.toSeconds(pauseNanos - (now - failures.lastAt)));
        }
        if (perMinute > 0 && rate.left < 1) {
            return LoginAttempt.afterFailures(1 + (long) ((1 - rate.left) * SECONDS_OF_MINUTE / perMinute));
        }
        boolean isNameBusy = perName > 0 && failures.count + failures.inCheck >= perName;
        boolean isAddressBusy = perMinute > 0 && rate.left - rate.inCheck < 1;
        return isNameBusy || isAddressBusy ? LoginAttempt.busy() : null;
    }

    private synchronized void end(NameOfAddress key, Failures failures, Rate rate, boolean isCorrect) {
        failures.inCheck--;
        rate.inCheck--;
        if (!isCorrect) {
            long now = nanoClock.getAsLong();
            failures.count++;
            failures.lastAt = now;
            regain(rate, now);
            rate.left--;
        }
        // Names with correct passwords take no place from those with wrong ones.
        if (failures.count == 0 && failures.inCheck == 0) {
            names.remove(key, failures);
        }
    }

    private Rate newRate(long now) {
        Rate all = new Rate();
        all.left = perMinute;
        all.countedAt = now;
        return all;
    }

    private void regain(Rate rate, long now) {
        double regained = (double) perMinute * (now - rate.countedAt) / MINUTE_NANOS;
        rate.left = Math.min(perMinute, rate.left + regained);
        rate.countedAt = now;
    }
}
