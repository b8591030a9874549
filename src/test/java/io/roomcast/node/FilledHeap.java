package io.roomcast.node;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** A heap of 1 GiB, of which a test says how much is in use. */
public final class FilledHeap {
    public static final long BYTES = 1L << 30;

    /** How often a collection was asked for. */
    final AtomicInteger collections = new AtomicInteger();

    private volatile long inUse;

    public void fill(long bytes) {
        inUse = bytes;
    }

    public HeapWatermark watermark(Limits limits, LongSupplier nanoClock) {
        return new HeapWatermark(limits, BYTES, () -> inUse, nanoClock, collections::incrementAndGet);
    }

    /** As of a node with the usual limits. */
    public HeapWatermark watermark(LongSupplier nanoClock) {
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.empty(), Set.of());
        return watermark(new Limits(config, new NodeMetrics(), BYTES, Long.MAX_VALUE), nanoClock);
    }

    /** Of a heap that is empty. */
    public static HeapWatermark empty() {
        return new FilledHeap().watermark(Clocks.system().nanos());
    }
}
