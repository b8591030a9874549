package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.StoredMessage;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageLogTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1000, 30",
        "2, 1000, 30",
        "3, 40, 30",
        "7, 1000000, 30",
        "16, 100, 30",
        "17, 1000000, 30",
        "64, 300, 30",
        "500, 2000, 30",
        "5, 0, 30",
        "300, 1000000, 1",
        "400, 1000000, 3000",
        "30, 50000, 20000"
    })
    void anyOperationsGiveWhatANaiveListGives(int maxMessages, long maxBytes, int longest) {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            MessageLog log = new MessageLog(maxMessages, maxBytes);
            NaiveLog model = new NaiveLog(maxMessages, maxBytes);
            long next = random.nextInt(5) + 1L;
            long now = random.nextLong() / 4;
            for (int step = 0; step < 600; step++) {
                switch (random.nextInt(60)) {
                    case 0 -> {
                        log.clear();
                        model.clear();
                    }
                    case 1 -> next += random.nextInt(40);
                    // Longer than the integers of an index reach.
                    case 2 -> now += random.nextLong(1L << 40);
                    case 3 -> {
                        long oldest = now - random.nextInt(2_000);
                        log.removeBefore(oldest);
                        model.removeBefore(oldest);
                    }
                    case 4, 5, 6, 7, 8 -> {
                        if (log.size() > 0) {
                            log.removeFirst();
                            model.removeFirst();
                        }
                    }
                    case 9, 10 -> {
                        byte[] body = new byte[random.nextInt(longest)];
                        random.nextBytes(body);
                        StoredMessage other = new StoredMessage(next - 1 - random.nextInt(12), body);
                        log.replace(other);
                        model.replace(other);
                    }
                    default -> {
                        // A clock may be set back.
                        now += random.nextInt(20) - 2;
                        byte[] body = new byte[random.nextInt(longest)];
                        random.nextBytes(body);
                        StoredMessage message = new StoredMessage(next++, body);
                        log.add(message, now);
                        model.add(message, now);
                    }
                }
                assertSame(model, log, next, random, "seed " + seed + ", step " + step);
            }
        }
    }

    private static void assertSame(NaiveLog model, MessageLog log, long next, Random random, String where) {
        assertEquals(model.size(), log.size(), where);
        long offset = Math.max(0, next - random.nextInt(80));
        int limit = random.nextInt(12) + 1;
        long bytes = random.nextInt(200);
        assertEquals(texts(model.after(offset, limit, bytes)), texts(log.after(offset, limit, bytes)), where);
        assertEquals(texts(model.before(offset, limit, bytes)), texts(log.before(offset, limit, bytes)), where);
        assertEquals(model.reachesBackTo(offset), log.reachesBackTo(offset), where);
        if (model.size() > 0) {
            assertEquals(model.firstOffset(), log.firstOffset(), where);
            assertEquals(model.lastOffset(), log.lastOffset(), where);
        } else {
            assertEquals(0, log.heapBytes(), where);
        }
    }

    private static List<String> texts(List<StoredMessage> messages) {
        return messages.stream()
                .map(message -> message.offset() + HexFormat.of().formatHex(message.body()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"20, 2000", "200, 40", "200, 1000", "1000, 3", "5000, 1000"})
    void littleHeapIsSpentBesideTheBodies(int body, int messages) {
        MessageLog log = new MessageLog(messages, 1 << 30);
        for (int offset = 1; offset <= 5 * messages; offset++) {
            log.add(message(offset, body));
            long bodies = (long) body * log.size();
            assertTrue(log.heapBytes() >= bodies, log.heapBytes() + " for " + bodies);
            long most = bodies + 8L * log.size() + 120L * Math.min(log.size(), 11 + bodies / 16_000) + bodies / 3 + 400;
            assertTrue(log.heapBytes() <= most, log.heapBytes() + " for " + log.size() + ", expected " + most);
        }
    }

    @Test
    void aMessageLargerThanAllBytesIsKeptAlone() {
        MessageLog log = new MessageLog(10, 100);
        log.add(message(1, 60));
        log.add(message(2, 500));
        assertEquals(1, log.size());
        assertEquals(2, log.firstOffset());
        log.add(message(3, 60));
        assertEquals(3, log.firstOffset());
    }

    @Test
    void offsetsBeyondTheIntegersWork() {
        long start = (1L << 53) - 5;
        MessageLog log = new MessageLog(3, 1_000);
        for (long offset = start; offset < start + 5; offset++) {
            log.add(message(offset, 1));
        }
        assertEquals(
                List.of(start + 3, start + 4),
                log.after(start + 2, 10, 1_000).stream()
                        .map(StoredMessage::offset)
                        .toList());
        assertTrue(log.reachesBackTo(start + 1));
        assertFalse(log.reachesBackTo(start));
    }

    @Test
    void aLogOfNoneKeepsNone() {
        MessageLog log = new MessageLog(0, 100);
        log.add(message(1, 1));
        assertEquals(0, log.size());
        assertEquals(List.of(), log.after(0, 10, 100));
        assertEquals(List.of(), log.before(5, 10, 100));
        assertFalse(log.reachesBackTo(0));
    }

    private static StoredMessage message(long offset, int bytes) {
        return new StoredMessage(offset, new byte[bytes]);
    }
}
