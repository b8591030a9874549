package io.roomcast.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeenKeysTest {
    private final SeenKeys keys = new SeenKeys();

    /** Against a map, with digests that meet in the table on purpose. */
    @Test
    void findsWhatAMapFinds() {
        Random random = new Random(7);
        Map<KeyDigest, Long> expected = new HashMap<>();
        ArrayDeque<Map.Entry<KeyDigest, Long>> ages = new ArrayDeque<>();
        long now = 0;
        for (int step = 0; step < 30_000; step++) {
            KeyDigest key = new KeyDigest(random.nextInt(3), random.nextInt(64) * 1_000_003L);
            assertEquals(expected.getOrDefault(key, 0L), keys.find(key), "step " + step);
            if (!expected.containsKey(key) && random.nextInt(3) > 0) {
                keys.add(key, step + 1, now);
                expected.put(key, step + 1L);
                ages.add(Map.entry(key, now));
            }
            now += random.nextInt(4);
            if (random.nextInt(10) == 0) {
                long age = now - random.nextInt(400);
                keys.removeBefore(age);
                while (!ages.isEmpty() && ages.peek().getValue() < age) {
                    expected.remove(ages.remove().getKey());
                }
            }
            assertEquals(expected.size(), keys.size());
        }
    }

    @Test
    void heapComesAndGoesWithTheKeys() {
        assertEquals(0, keys.heapBytes());
        for (int i = 1; i <= 10_000; i++) {
            long expected = keys.heapBytesWithOneMore();
            keys.add(KeyDigest.of(new byte[16], "key-" + i), i, i);
            assertEquals(expected, keys.heapBytes());
            assertEquals(expected, SeenKeys.heapBytesOf(i));
        }
        long full = keys.heapBytes();
        assertTrue(full < 10_000 * 90, full + " bytes for 10,000 keys");
        keys.removeBefore(9_990);
        assertEquals(9_995, keys.find(KeyDigest.of(new byte[16], "key-9995")));
        assertTrue(keys.heapBytes() < full / 100, keys.heapBytes() + " bytes for eleven keys");
        keys.removeBefore(10_001);
        assertEquals(0, keys.heapBytes());
    }
}
