package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.StoredMessage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageRingTest {

    @ParameterizedTest
    @CsvSource({"1, 1000", "2, 1000", "3, 40", "7, 1000000", "16, 100", "17, 1000000", "64, 300", "500, 2000", "5, 0"})
    void anyOperationsGiveWhatANaiveListGives(int maxMessages, long maxBytes) {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            MessageRing ring = new MessageRing(maxMessages, maxBytes);
            NaiveRing model = new NaiveRing(maxMessages, maxBytes);
            long next = random.nextInt(5) + 1L;
            for (int step = 0; step < 600; step++) {
                switch (random.nextInt(20)) {
                    case 0 -> {
                        ring.clear();
                        model.clear();
                    }
                    case 1 -> next += random.nextInt(40);
                    case 2, 3, 4 -> {
                        if (ring.size() > 0) {
                            ring.removeFirst();
                            model.removeFirst();
                        }
                    }
                    default -> {
                        StoredMessage message = new StoredMessage(next++, new byte[random.nextInt(30)]);
                        ring.add(message);
                        model.add(message);
                    }
                }
                assertSame(model, ring, next, random, "seed " + seed + ", step " + step);
            }
        }
    }

    private static void assertSame(NaiveRing model, MessageRing ring, long next, Random random, String where) {
        assertEquals(model.size(), ring.size(), where);
        long offset = Math.max(0, next - random.nextInt(80));
        int limit = random.nextInt(12) + 1;
        long bytes = random.nextInt(200);
        assertEquals(model.after(offset, limit, bytes), ring.after(offset, limit, bytes), where);
        assertEquals(model.before(offset, limit, bytes), ring.before(offset, limit, bytes), where);
        assertEquals(model.reachesBackTo(offset), ring.reachesBackTo(offset), where);
        if (model.size() > 0) {
            assertEquals(model.firstOffset(), ring.firstOffset(), where);
            assertEquals(model.lastOffset(), ring.lastOffset(), where);
        }
    }

    @Test
    void aMessageLargerThanAllBytesIsKeptAlone() {
        MessageRing ring = new MessageRing(10, 100);
        ring.add(message(1, 60));
        ring.add(message(2, 500));
        assertEquals(1, ring.size());
        assertEquals(2, ring.firstOffset());
        ring.add(message(3, 60));
        assertEquals(3, ring.firstOffset());
    }

    @Test
    void offsetsBeyondTheIntegersWork() {
        long start = (1L << 53) - 5;
        MessageRing ring = new MessageRing(3, 1_000);
        for (long offset = start; offset < start + 5; offset++) {
            ring.add(message(offset, 1));
        }
        assertEquals(
                List.of(start + 3, start + 4),
                ring.after(start + 2, 10, 1_000).stream()
                        .map(StoredMessage::offset)
                        .toList());
        assertTrue(ring.reachesBackTo(start + 1));
        assertFalse(ring.reachesBackTo(start));
    }

    @Test
    void aRingOfNoneKeepsNone() {
        MessageRing ring = new MessageRing(0, 100);
        ring.add(message(1, 1));
        assertEquals(0, ring.size());
        assertEquals(List.of(), ring.after(0, 10, 100));
        assertEquals(List.of(), ring.before(5, 10, 100));
        assertFalse(ring.reachesBackTo(0));
    }

    private static StoredMessage message(long offset, int bytes) {
        return new StoredMessage(offset, new byte[bytes]);
    }
}
