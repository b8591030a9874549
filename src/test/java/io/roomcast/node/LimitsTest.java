package io.roomcast.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.ProtocolException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A size for which the heap has no share is limited by its configured value only. */
class LimitsTest {
    private static final String NAME = LimitKeys.CONTENT_BYTES.name();

    private final Limits limits =
            new Limits(RoomcastConfig.load(key -> Optional.empty(), List.of()), new NodeMetrics());

    @Test
    void theEffectiveBytesOfASizeWithoutAHeapShareAreTheConfiguredBytes() {
        limits.set(NAME, "3KiB");
        assertEquals(3 * 1024, limits.effectiveBytes(LimitKeys.CONTENT_BYTES));
        assertDoesNotThrow(() -> limits.requireBytes(LimitKeys.CONTENT_BYTES, 3 * 1024, "too much"));
        assertThrows(
                ProtocolException.class, () -> limits.requireBytes(LimitKeys.CONTENT_BYTES, 3 * 1024 + 1, "too much"));
    }

    @Test
    void noSizeWithoutAHeapShareThrows() {
        for (var key : LimitKeys.SIZES) {
            assertDoesNotThrow(() -> limits.effectiveBytes(key), key.name());
        }
    }
}
