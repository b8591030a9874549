package io.roomcast.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** From where on Kafka has other records than this node has read. */
class ReadPositionsTest {
    private static final Uuid TOPIC = Uuid.randomUuid();

    private final ReadPositions positions = new ReadPositions(TOPIC, new long[] {100, 0});

    /** Leader 1 has stored 100 to 104, leader 2 has stored 105 to 109. */
    private void read() {
        for (int position = 100; position < 110; position++) {
            positions.read(0, position, position < 105 ? 1 : 2);
        }
    }

    private long missingFrom(long end, Integer leader) {
        return positions.missingFrom(0, TOPIC, end, leader);
    }

    @Test
    void goesOnAfterWhatWasRead() {
        assertNull(positions.leader(0));
        read();
        assertEquals(110, positions.next(0));
        assertEquals(2, positions.leader(0));
        assertEquals(0, positions.next(1));
        assertEquals(2, positions.count());
    }

    @Test
    void nothingIsMissingWhereTheTopicWentOn() {
        read();
        assertEquals(ReadPositions.ALL_THERE, missingFrom(110, 2));
        assertEquals(ReadPositions.ALL_THERE, missingFrom(200, 3));
        assertEquals(ReadPositions.ALL_THERE, missingFrom(200, null));
    }

    @Test
    void anythingMayBeMissingInAnotherTopicOrAnEarlierCopy() {
        read();
        assertEquals(0, positions.missingFrom(0, Uuid.randomUuid(), 200, 3));
        assertEquals(0, missingFrom(109, 2));
        assertEquals(0, missingFrom(200, 1));
    }

    @Test
    void aLeaderThatKafkaDoesNotKnowHasStoredNothing() {
        read();
        positions.diverged(0, 2, 108);
        assertEquals(108, missingFrom(200, 3));
        positions.diverged(0, 1, 107);
        assertEquals(
                105, missingFrom(200, 3), "all records of leader 2 are others, and leader 1 had no more than these");
        positions.diverged(0, 1, 103);
        assertEquals(103, missingFrom(200, 3));
    }
}
