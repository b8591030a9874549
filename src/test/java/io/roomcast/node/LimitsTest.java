package io.roomcast.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.support.CapturedLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is shown, kept and told of a limit. */
class LimitsTest {
    private static final Author OPERATOR = Author.apiKey("192.0.2.1");
    private static final String CONTENT = LimitKeys.CONTENT_BYTES.name();
    private static final String SESSIONS = LimitKeys.SESSIONS.name();

    @AutoClose
    private final CapturedLog log = CapturedLog.of(Limits.class.getName());

    private final Limits limits = limits(Map.of(), 1_667);

    @Test
    void aSizeWithoutAShareOfTheHeapIsWhatItWasSetTo() {
        assertEquals("roomcast.limits.content-bytes=3KiB", limits.set(CONTENT, "3KiB", OPERATOR));
        assertEquals(3 * 1024, limits.get(LimitKeys.CONTENT_BYTES));
        assertDoesNotThrow(() -> limits.requireBytes(LimitKeys.CONTENT_BYTES, 3 * 1024, "too much"));
        assertThrows(
                ProtocolException.class, () -> limits.requireBytes(LimitKeys.CONTENT_BYTES, 3 * 1024 + 1, "too much"));
    }

    @ParameterizedTest
    @CsvSource({"20000, 1667", "5000, 1667", "1667, 1667", "1000, 1000", "0, 1667"})
    void moreSessionsThanThereAreFilesForAreNeitherShownNorKept(String wanted, long holds) {
        limits.set(SESSIONS, "1", OPERATOR);
        limits.set(SESSIONS, wanted, OPERATOR);
        assertEquals(holds, limits.all().get(SESSIONS));
        assertTrue(limits.allows(LimitKeys.SESSIONS, holds));
        assertFalse(limits.allows(LimitKeys.SESSIONS, holds + 1));
        Limits configured = limits(Map.of(SESSIONS, wanted), 1_667);
        assertEquals(holds, configured.all().get(SESSIONS));
    }

    @Test
    void whoAsksForMoreIsToldWhatHolds() {
        assertEquals("roomcast.limits.sessions=1000", limits.set(SESSIONS, "1000", OPERATOR));
        assertEquals(
                "This process may open too few files (ulimit -n) for roomcast.limits.sessions=5000; the limit is 1667",
                limits.set(SESSIONS, "5000", OPERATOR));
        assertEquals(
                "This process may use too little memory (-Xmx) for roomcast.limits.node-lag-bytes=1TiB; "
                        + "the limit is 8MiB",
                limits.set(LimitKeys.NODE_LAG_BYTES.name(), "1024GiB", OPERATOR).replace("1024GiB", "1TiB"));
    }

    @Test
    void aWrongConfiguredValueIsLoggedAndTheDefaultIsNot() {
        limits(Map.of(SESSIONS, "5000"), 1_667);
        assertEquals(1, log.messages(Level.WARNING).size(), () -> "" + log.messages(Level.WARNING));
        limits(Map.of(SESSIONS, "0"), 1_667);
        assertEquals(1, log.messages(Level.WARNING).size(), () -> "" + log.messages(Level.WARNING));
    }

    @Test
    void withoutALimitOfFilesThereMayBeNoLimitOfSessions() {
        assertEquals(0, limits(Map.of(SESSIONS, "0"), Long.MAX_VALUE).all().get(SESSIONS));
    }

    @Test
    void aChangeIsLoggedWithItsAuthor() {
        limits.set(LimitKeys.OUTBOUND_AGE.name(), "1500ms", OPERATOR);
        limits.set(SESSIONS, "5000", Author.console("192.0.2.7"));
        assertEquals(
                List.of(
                        "roomcast.limits.outbound-age was changed from 10s to 1500ms, by the API key from 192.0.2.1",
                        "roomcast.limits.sessions was changed from 1667 to 1667, by a JMX console from 192.0.2.7"),
                log.messages(Level.INFO));
        assertThrows(IllegalArgumentException.class, () -> limits.set(SESSIONS, "many", OPERATOR));
        assertEquals(2, log.messages(Level.INFO).size());
    }

    private static Limits limits(Map<String, String> settings, long maxSessions) {
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet());
        return new Limits(config, new NodeMetrics(), 64 << 20, maxSessions);
    }
}
