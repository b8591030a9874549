package io.roomcast.rabbitmq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StreamMarkTest {
    @Test
    void theNumberSaysAllThatTheMarkSays() {
        for (int partitions : new int[] {1, 8, 128}) {
            for (Duration keep : new Duration[] {Duration.ofHours(2), Duration.ofHours(26), Duration.ofDays(365)}) {
                StreamMark mark = StreamMark.make(partitions, keep);
                StreamMark read = StreamMark.of(mark.number());
                assertEquals(mark, read);
                assertEquals(partitions, read.partitions());
                assertEquals(keep.toMillis(), read.keepMillis());
            }
        }
    }

    @Test
    void noPlaceOfAStreamIsTakenForAMark() {
        assertNull(StreamMark.of(0));
        assertNull(StreamMark.of(1L << 61));
        assertTrue(StreamMark.make(1, Duration.ofHours(2)).number() >= 1L << 62);
    }

    @Test
    void noTwoAreTheSame() {
        assertNotEquals(StreamMark.make(8, Duration.ofHours(26)), StreamMark.make(8, Duration.ofHours(26)));
    }
}
