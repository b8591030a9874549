package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoginLimiterTest {
    private static final String ADDRESS = "192.0.2.1";

    private long now = -5;
    private final LoginLimiter limiter = limiter(Map.of());

    private LoginLimiter limiter(Map<String, String> settings) {
        RoomcastConfig config = RoomcastConfig.load(
                key -> Optional.ofNullable(settings.get(key.replace("roomcast.auth.", ""))), List.of());
        return new LoginLimiter(config, new Clocks(InstantSource.system(), () -> now));
    }

    private void use(String address, String name, int times) {
        for (int i = 0; i < times; i++) {
            assertEquals(0, limiter.take(address, name), "attempt " + i);
        }
    }

    private static void assertWait(long seconds, long wait) {
        assertTrue(wait >= seconds && wait <= seconds + 1, wait + " seconds");
    }

    @Test
    void aNameHasSomeAttemptsAndThenAPause() {
        use(ADDRESS, "ann", 4);
        now += TimeUnit.MINUTES.toNanos(34);
        use(ADDRESS, "ann", 1);
        assertWait(35 * 60, limiter.take(ADDRESS, "ann"));
        use(ADDRESS, "ben", 5);
        use("192.0.2.2", "ann", 5);
        now += TimeUnit.MINUTES.toNanos(34);
        assertWait(60, limiter.take(ADDRESS, "ann"));
        now += TimeUnit.MINUTES.toNanos(1);
        use(ADDRESS, "ann", 5);
        assertWait(35 * 60, limiter.take(ADDRESS, "ann"));
    }

    @Test
    void allNamesTogetherHaveSomeAttemptsInAMinute() {
        for (int i = 0; i < 20; i++) {
            use(ADDRESS, "user" + i, 1);
        }
        assertWait(3, limiter.take(ADDRESS, "another"));
        use("192.0.2.2", "another", 1);
        now += TimeUnit.SECONDS.toNanos(4);
        use(ADDRESS, "another", 1);
        assertWait(2, limiter.take(ADDRESS, "another"));
    }

    @Test
    void aCorrectPasswordCostsNone() {
        for (int i = 0; i < 100; i++) {
            use(ADDRESS, "ann", 1);
            limiter.succeeded(ADDRESS, "ann");
        }
        use(ADDRESS, "ann", 5);
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() {
        use("2001:db8:0:1::1", "ann", 4);
        use("2001:db8:0:1:ffff::2", "ann", 1);
        assertWait(35 * 60, limiter.take("2001:0db8:0:1:0:0:0:3", "ann"));
        use("2001:db8:0:2::1", "ann", 5);
    }

    @Test
    void addressesAreForgotten() {
        use(ADDRESS, "ann", 5);
        for (int i = 0; i < 10_000; i++) {
            limiter.take("10.0." + i / 256 + "." + i % 256, "ann");
        }
        use(ADDRESS, "ann", 5);
    }

    @Test
    void withoutLimitsAllAreChecked() {
        LoginLimiter unlimited = limiter(Map.of("login-failures", "0", "login-rate", "0"));
        for (int i = 0; i < 1_000; i++) {
            assertEquals(0, unlimited.take(ADDRESS, "ann"));
        }
    }
}
