package io.roomcast.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node holds at most a part of its heap, whatever the limits say. */
class HeapLimitsTest {
    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({"64MiB, 16", "8MiB, 8", "0, 16"})
    void bytesOfANodeAreAPartOfTheHeapAtMost(String configured, long most) {
        RoomcastConfig config = RoomcastConfig.load(
                key -> key.equals(LimitKeys.NODE_OUTBOUND_BYTES.name()) ? Optional.of(configured) : Optional.empty(),
                List.of());
        Limits limits = new Limits(config, new NodeMetrics(), 64 * MIB, Long.MAX_VALUE);
        assertEquals(most * MIB, limits.get(LimitKeys.NODE_OUTBOUND_BYTES));
        assertEquals(8 * MIB, limits.get(LimitKeys.NODE_LAG_BYTES));
        assertEquals(8 * MIB, limits.get(LimitKeys.NODE_IN_FLIGHT_BYTES));
        assertEquals(8 * MIB, limits.get(LimitKeys.NODE_INBOUND_BYTES));
    }
}
