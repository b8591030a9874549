package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.support.CapturedLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What an operator is told who sets a key that an application server does not read. */
class EmbeddedServerKeysTest {
    @AutoClose
    private final CapturedLog log = CapturedLog.of(EmbeddedServerKeys.class.getName());

    private List<String> warnings(Map<String, String> settings) {
        EmbeddedServerKeys.warnOf(
                RoomcastConfig.load(name -> Optional.ofNullable(settings.get(name)), settings.keySet()));
        return log.messages(Level.WARNING);
    }

    @Test
    void namesTheKeysThatAreSet() {
        assertEquals(
                List.of("Only the embedded server reads these keys; they change nothing here: "
                        + "roomcast.operations.port, roomcast.http.answer-bytes"),
                warnings(Map.of(
                        "roomcast.operations.port", "9090",
                        "roomcast.http.answer-bytes", "1MiB",
                        "roomcast.http.requests", "7")));
    }

    @Test
    void saysNothingOfDefaults() {
        assertEquals(List.of(), warnings(Map.of("roomcast.port", "8080", "roomcast.operations.port", "")));
    }
}
