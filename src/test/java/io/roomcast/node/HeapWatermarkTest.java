package io.roomcast.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.support.ManualTimer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeapWatermarkTest {
    private static final long LEAST_FREE = (FilledHeap.BYTES / 5) >> 20 << 20;

    private final ManualTimer timer = new ManualTimer();
    private final FilledHeap heap = new FilledHeap();
    private final HeapWatermark watermark = heap.watermark(timer::nanos);

    private void fill(long bytes) {
        heap.fill(bytes);
        timer.advance(100);
    }

    @Test
    void nothingIsRefusedAsLongAsAFifthIsFree() {
        fill(FilledHeap.BYTES - LEAST_FREE);
        assertDoesNotThrow(watermark::requireSpace);
    }

    @Test
    void withLessFreeAllIsRefusedUntilThereIsMore() {
        fill(FilledHeap.BYTES - LEAST_FREE + 1);
        ProtocolException refusal = assertThrows(ProtocolException.class, watermark::requireSpace);
        assertEquals(ErrorCode.BUSY, refusal.code());
        fill(FilledHeap.BYTES - LEAST_FREE);
        assertFalse(watermark.isReached());
    }

    @Test
    void aCollectionIsAskedForWhereNoneComesByItself() {
        fill(FilledHeap.BYTES);
        for (int i = 0; i < 49; i++) {
            assertTrue(watermark.isReached());
            timer.advance(100);
        }
        assertEquals(0, heap.collections.get());
        timer.advance(100);
        assertTrue(watermark.isReached());
        assertEquals(1, heap.collections.get());
        timer.advance(TimeUnit.SECONDS.toMillis(4));
        assertTrue(watermark.isReached());
        assertEquals(1, heap.collections.get());
    }

    @Test
    void noneIsAskedForWhileTheHeapIsCollected() {
        for (int i = 0; i < 100; i++) {
            fill(FilledHeap.BYTES - i);
            assertTrue(watermark.isReached());
        }
        assertEquals(0, heap.collections.get());
    }

    /** What the virtual machine says of its own heap. */
    @Test
    void theHeapOfTheProcessIsRead() {
        byte[] held = new byte[4 << 20];
        System.gc();
        long inUse = HeapWatermark.usageOfProcess().getAsLong();
        assertTrue(inUse > held.length && inUse < Runtime.getRuntime().maxMemory(), () -> inUse + " bytes");
    }
}
