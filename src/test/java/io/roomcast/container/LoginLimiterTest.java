package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginLimiterTest {
    private static final String ADDRESS = "192.0.2.1";
    private static final int PAUSE_SECONDS = 35 * 60;

    private long now = -5;
    private final LoginLimiter limiter = limiter(Map.of());

    private LoginLimiter limiter(Map<String, String> settings) {
        RoomcastConfig config = RoomcastConfig.load(
                key -> Optional.ofNullable(settings.get(key.replace("roomcast.auth.", ""))), List.of());
        return new LoginLimiter(config, new Clocks(InstantSource.system(), () -> now));
    }

    /** Sends wrong passwords, one after the other. */
    private void fail(String address, String name, int times) {
        for (int i = 0; i < times; i++) {
            begin(address, name).close();
        }
    }

    /** Sends passwords that the realm has not checked yet. */
    private List<LoginAttempt> begin(String address, String name, int times) {
        return Stream.generate(() -> begin(address, name)).limit(times).toList();
    }

    private LoginAttempt begin(String address, String name) {
        LoginAttempt attempt = limiter.begin(address, name);
        assertNull(attempt.refusal());
        assertEquals(0, attempt.waitSeconds());
        return attempt;
    }

    private void succeed(String name) {
        try (LoginAttempt attempt = begin(ADDRESS, name)) {
            attempt.succeeded();
        }
    }

    private void assertPause(long seconds, String address, String name) {
        LoginAttempt refused = limiter.begin(address, name);
        assertEquals("too many wrong passwords; try again later", refused.refusal());
        long wait = refused.waitSeconds();
        assertTrue(wait >= seconds && wait <= seconds + 1, wait + " seconds");
        refused.close();
    }

    private void assertBusy(String address, String name) {
        LoginAttempt refused = limiter.begin(address, name);
        assertEquals("too many logins at the same time; try again in a moment", refused.refusal());
        assertEquals(1, refused.waitSeconds());
        refused.close();
    }

    @Test
    void aNameHasSomeAttemptsAndThenAPause() {
        fail(ADDRESS, "ann", 4);
        now += TimeUnit.MINUTES.toNanos(34);
        fail(ADDRESS, "ann", 1);
        assertPause(PAUSE_SECONDS, ADDRESS, "ann");
        fail(ADDRESS, "ben", 5);
        fail("192.0.2.2", "ann", 5);
        now += TimeUnit.MINUTES.toNanos(34);
        assertPause(60, ADDRESS, "ann");
        now += TimeUnit.MINUTES.toNanos(1);
        fail(ADDRESS, "ann", 5);
        assertPause(PAUSE_SECONDS, ADDRESS, "ann");
    }

    @Test
    void allNamesTogetherHaveSomeAttemptsInAMinute() {
        for (int i = 0; i < 20; i++) {
            fail(ADDRESS, "user" + i, 1);
        }
        assertPause(3, ADDRESS, "another");
        fail("192.0.2.2", "another", 1);
        now += TimeUnit.SECONDS.toNanos(4);
        fail(ADDRESS, "another", 1);
        assertPause(2, ADDRESS, "another");
    }

    @Test
    void aCorrectPasswordCostsNone() {
        for (int i = 0; i < 100; i++) {
            succeed("ann");
        }
        fail(ADDRESS, "ann", 5);
    }

    @Test
    void aCorrectPasswordMakesNoWrongOneGood() {
        fail(ADDRESS, "ann", 4);
        succeed("ann");
        fail(ADDRESS, "ann", 1);
        assertPause(PAUSE_SECONDS, ADDRESS, "ann");
    }

    @Test
    void thoseThatComeTogetherWaitForAMoment() {
        List<LoginAttempt> together = begin(ADDRESS, "ann", 5);
        assertBusy(ADDRESS, "ann");
        together.get(0).succeeded();
        together.get(0).close();
        begin(ADDRESS, "ann").succeeded();
        together.forEach(LoginAttempt::succeeded);
        fail(ADDRESS, "ann", 5);
    }

    @Test
    void noMoreWrongOnesThanAllowedAreCheckedTogether() {
        fail(ADDRESS, "ann", 3);
        List<LoginAttempt> together = begin(ADDRESS, "ann", 2);
        assertBusy(ADDRESS, "ann");
        together.get(0).close();
        assertBusy(ADDRESS, "ann");
        together.get(1).close();
        assertPause(PAUSE_SECONDS, ADDRESS, "ann");
    }

    @Test
    void aCheckOutlastsThePause() {
        fail(ADDRESS, "ann", 2);
        List<LoginAttempt> together = begin(ADDRESS, "ann", 3);
        now += TimeUnit.MINUTES.toNanos(35);
        begin(ADDRESS, "ann", 2).forEach(LoginAttempt::close);
        assertBusy(ADDRESS, "ann");
        together.forEach(LoginAttempt::close);
        assertPause(PAUSE_SECONDS, ADDRESS, "ann");
    }

    @Test
    void allNamesTogetherAreCheckedOnlySoManyAtOnce() {
        List<LoginAttempt> together = Stream.iterate(0, i -> i + 1)
                .limit(20)
                .map(i -> begin(ADDRESS, "user" + i))
                .toList();
        assertBusy(ADDRESS, "another");
        now += TimeUnit.HOURS.toNanos(1);
        assertBusy(ADDRESS, "another");
        begin("192.0.2.2", "another").close();
        together.get(0).succeeded();
        begin(ADDRESS, "another").succeeded();
        together.forEach(LoginAttempt::close);
        begin(ADDRESS, "another").close();
        assertPause(3, ADDRESS, "another");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ANN", "Ann", " ann ", "ａｎｎ", "ánn", "a\u00adnn", "an\u200bn"})
    void namesThatARealmTakesForOneAreOne(String other) {
        fail(ADDRESS, "ann", 4);
        fail(ADDRESS, other, 1);
        assertPause(PAUSE_SECONDS, ADDRESS, "ann");
        assertPause(PAUSE_SECONDS, ADDRESS, other);
    }

    @Test
    void lettersOfTwoLowerCasesAreOne() {
        fail(ADDRESS, "straße-ς", 5);
        assertPause(PAUSE_SECONDS, ADDRESS, "STRASSE-Σ");
    }

    @Test
    void namesWithTheSameHashAreTwo() {
        assertEquals("aa".hashCode(), "bB".hashCode());
        fail(ADDRESS, "aa", 5);
        fail(ADDRESS, "bB", 5);
        assertPause(PAUSE_SECONDS, ADDRESS, "aa");
    }

    @Test
    void aLongNameIsRememberedInShort() {
        String name = "x".repeat(8_000);
        assertEquals(32, LoginName.key(name).length());
        assertNotEquals(LoginName.key(name), LoginName.key(name + "y"));
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() {
        fail("2001:db8:0:1::1", "ann", 4);
        fail("2001:db8:0:1:ffff::2", "ann", 1);
        assertPause(PAUSE_SECONDS, "2001:0db8:0:1:0:0:0:3", "ann");
        fail("2001:db8:0:2::1", "ann", 5);
    }

    /** Behind a proxy that appends, the client writes what stands for its address. */
    @Test
    void textsThatAreNoAddressAreOneAddress() {
        for (String text : List.of("unknown", "zz:1", "192.0.2.256", "x".repeat(8_000), "")) {
            fail(text, "ann", 1);
        }
        assertPause(PAUSE_SECONDS, "another", "ann");
        fail(ADDRESS, "ann", 5);
    }

    @Test
    void addressesAreForgotten() {
        fail(ADDRESS, "ann", 5);
        for (int i = 0; i < 10_000; i++) {
            fail("10.0." + i / 256 + "." + i % 256, "ann", 1);
        }
        fail(ADDRESS, "ann", 5);
    }

    @Test
    void correctPasswordsAndRefusedOnesMakeNoneForgotten() {
        fail(ADDRESS, "ann", 5);
        for (int i = 0; i < 10_000; i++) {
            succeed("user" + i);
        }
        fail(ADDRESS, "ben", 5);
        fail(ADDRESS, "cid", 5);
        fail(ADDRESS, "dan", 5);
        for (int i = 0; i < 10_000; i++) {
            assertPause(3, ADDRESS, "user" + i);
        }
        assertPause(PAUSE_SECONDS, ADDRESS, "ann");
    }

    @Test
    void withoutLimitsAllAreChecked() {
        LoginLimiter unlimited = limiter(Map.of("login-failures", "0", "login-rate", "0"));
        for (int i = 0; i < 1_000; i++) {
            assertNull(unlimited.begin(ADDRESS, "ann").refusal());
            unlimited.begin(ADDRESS, "ann").close();
        }
    }
}
