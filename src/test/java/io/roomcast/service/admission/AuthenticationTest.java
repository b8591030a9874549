package io.roomcast.service.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserId;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.ManualTimer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is logged of those who are not let in. */
class AuthenticationTest {
    private static final ClientOrigin STRANGER = new ClientOrigin(
            "192.0.2.1\r\nWARNING forged", "192.0.2.9", "chat\u001b[2J\u0085" + "x".repeat(1_000), null, List.of());

    private final ManualTimer timer = new ManualTimer();
    private final Warnings warnings = new Warnings(new Clocks(timer, timer::nanos));
    private final Authentication authentication =
            new Authentication(null, warnings, RoomcastConfig.load(key -> Optional.empty(), Set.of()));

    @AutoClose
    private final CapturedLog log = CapturedLog.of(Warnings.class.getName());

    @Test
    void whatAStrangerWroteIsOneLineWhateverItHolds() {
        refuse();
        List<String> lines = log.messages(Level.WARNING);
        assertEquals(1, lines.size(), lines::toString);
        String line = lines.get(0);
        assertTrue(line.startsWith("Refused a connection to chat?[2J?xxx"), line);
        assertTrue(line.contains("… at 192.0.2.1??WARNING forged: "), line);
        assertTrue(line.length() < 500, line);
    }

    @Test
    void aFloodOfThemIsOneLineAMinute() {
        for (int i = 0; i < 100; i++) {
            refuse();
        }
        assertEquals(1, log.messages(Level.WARNING).size());
        timer.advance(60_000);
        warnings.tick();
        assertEquals(2, log.messages(Level.WARNING).size());
    }

    private void refuse() {
        assertThrows(ProtocolException.class, () -> authentication.identify(new UserId("ann"), STRANGER));
    }
}
