package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoginLimiterTest {
    private long now = -5;
    private final LoginLimiter limiter = limiter("3");

    private LoginLimiter limiter(String perMinute) {
        RoomcastConfig config = RoomcastConfig.load(
                name -> name.equals("roomcast.auth.login-failures") ? Optional.of(perMinute) : Optional.empty(),
                List.of());
        return new LoginLimiter(config, new Clocks(InstantSource.system(), () -> now));
    }

    private void use(LoginLimiter used, String address, int times) {
        for (int i = 0; i < times; i++) {
            assertEquals(0, used.take(address), "attempt " + i);
        }
    }

    /** The time is rounded up. */
    private static void assertRefused(long seconds, long waitSeconds) {
        assertTrue(waitSeconds >= seconds && waitSeconds <= seconds + 1, waitSeconds + " seconds");
    }

    @Test
    void anAddressHasSomeAttemptsAndRegainsThem() {
        use(limiter, "192.0.2.1", 3);
        assertRefused(20, limiter.take("192.0.2.1"));
        use(limiter, "192.0.2.2", 3);
        now += TimeUnit.SECONDS.toNanos(19);
        assertRefused(1, limiter.take("192.0.2.1"));
        now += TimeUnit.SECONDS.toNanos(2);
        use(limiter, "192.0.2.1", 1);
        assertRefused(19, limiter.take("192.0.2.1"));
        now += TimeUnit.HOURS.toNanos(1);
        use(limiter, "192.0.2.1", 3);
        assertRefused(20, limiter.take("192.0.2.1"));
    }

    @Test
    void aCorrectPasswordCostsNone() {
        for (int i = 0; i < 10; i++) {
            use(limiter, "192.0.2.1", 1);
            limiter.giveBack("192.0.2.1");
        }
        use(limiter, "192.0.2.1", 3);
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() {
        use(limiter, "2001:db8:0:1::1", 2);
        use(limiter, "2001:db8:0:1:ffff::2", 1);
        assertRefused(20, limiter.take("2001:0db8::1:0:0:0:3"));
        use(limiter, "2001:db8:0:2::1", 3);
    }

    @Test
    void addressesAreForgotten() {
        use(limiter, "192.0.2.1", 3);
        for (int i = 0; i < 10_000; i++) {
            limiter.take("10.0." + i / 256 + "." + i % 256);
        }
        use(limiter, "192.0.2.1", 3);
    }

    @Test
    void withoutALimitAllAreChecked() {
        use(limiter("0"), "192.0.2.1", 100);
    }
}
