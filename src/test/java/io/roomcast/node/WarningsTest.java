package io.roomcast.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.CapturedLog;
import io.roomcast.support.ManualTimer;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class WarningsTest {
    private final ManualTimer timer = new ManualTimer();
    private final Warnings warnings = new Warnings(new Clocks(timer, timer::nanos));

    @AutoClose
    private final CapturedLog log = CapturedLog.of(Warnings.class.getName());

    @Test
    void theFirstOfAKindIsLoggedAtOnceAndTheRestIsCounted() {
        attack(10_000);
        warnings.warn("other", () -> "other");
        assertEquals(List.of("attack 0", "other"), lines());
        advance(59_999);
        assertEquals(2, lines().size());
        advance(1);
        assertEquals(List.of("attack 0", "other", "attack 9999 (the last of 9999 more in 60 s)"), lines());
    }

    @Test
    void anAttackOfADayIsALineAMinute() {
        for (int minute = 0; minute < 24 * 60; minute++) {
            attack(10);
            advance(60_000);
        }
        assertEquals(24 * 60 + 1, lines().size());
    }

    @Test
    void afterAQuietMinuteItIsTheFirstAgain() {
        attack(1);
        advance(60_000);
        attack(1);
        assertEquals(List.of("attack 0", "attack 0"), lines());
    }

    @Test
    void aNodeThatStopsTellsTheRest() {
        attack(3);
        advance(1_000);
        warnings.flush();
        assertEquals(List.of("attack 0", "attack 2 (the last of 2 more in 1 s)"), lines());
        warnings.flush();
        assertEquals(2, lines().size());
    }

    private void attack(int times) {
        for (int i = 0; i < times; i++) {
            int number = i;
            warnings.warn("attack", () -> "attack " + number);
        }
    }

    private void advance(long millis) {
        timer.advance(millis);
        warnings.tick();
    }

    private List<String> lines() {
        return log.messages(Level.WARNING);
    }
}
