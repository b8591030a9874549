package io.roomcast.node;

import io.roomcast.config.LimitKeys;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Whether the heap is so full that this node takes nothing more. Other limits count what Roomcast holds. This one also
 * counts what the server holds for connections and requests, and what other applications of the process hold.
 *
 * <p>What counts is what was in use after the last collection of each pool of the heap, since before a collection any heap
 * is full. A node that takes nothing more may have no further collection, so one is asked for then.
 *
 * <p><b>Concurrency.</b> Any thread may call. One at a time looks, and the others go on with what was seen last.
 */
public final class HeapWatermark {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long COLLECT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Limits limits;
    private final long heap;
    private final LongSupplier inUse;
    private final LongSupplier nanoClock;
    private final Runnable collect;
    /** When the last look was due. */
    private final AtomicLong lookedAt;

    private volatile boolean isReached;
    /** What was seen last, and since when; of the thread that looks. */
    private volatile long seen;

    private volatile long seenAt;

    /**
     * @param heap the most bytes that the heap may have
     * @param inUse bytes of the heap that were in use after the last collection
     * @param nanoClock as {@link System#nanoTime}
     * @param collect begins a collection; must not block
     */
    HeapWatermark(Limits limits, long heap, LongSupplier inUse, LongSupplier nanoClock, Runnable collect) {
        this.limits = limits;
        this.heap = heap;
        this.inUse = inUse;
        this.nanoClock = nanoClock;
        this.collect = collect;
        this.lookedAt = new AtomicLong(nanoClock.getAsLong() - LOOK_NANOS);
    }

    /**
     * Of the heap of this process.
     *
     * @param threads makes a thread for a collection, which may take seconds
     */
    public static HeapWatermark ofProcess(Limits limits, LongSupplier nanoClock, ThreadFactory threads) {
        return new HeapWatermark(
                limits,
                Runtime.getRuntime().maxMemory(),
                usageOfProcess(),
                nanoClock,
                () -> threads.newThread(System::gc).start());
    }

    /** Bytes of the heap of this process that were in use after the last collection. */
    static LongSupplier usageOfProcess() {
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(each -> each.getType() == MemoryType.HEAP)
                .toList();
        return () -> pools.stream().mapToLong(HeapWatermark::inUse).sum();
    }

    private static long inUse(MemoryPoolMXBean pool) {
        MemoryUsage usage = pool.getCollectionUsage();
        return usage == null ? 0 : usage.getUsed();
    }

    /** @throws ProtocolException {@code busy} if the heap is too full */
    public void requireSpace() {
        if (isReached()) {
            throw limits.exceeded(
                    LimitKeys.FREE_HEAP,
                    ErrorCode.BUSY,
                    "this node has too little memory for more; try again, or another node",
                    Limits.RETRY_AFTER_MS);
        }
    }

    /** Whether the heap is too full. */
    public boolean isReached() {
        long now = nanoClock.getAsLong();
        long last = lookedAt.get();
        if (now - last >= LOOK_NANOS && lookedAt.compareAndSet(last, now)) {
            look(now);
        }
        return isReached;
    }

    private void look(long now) {
        long used = inUse.getAsLong();
        boolean isFull = used > heap - limits.get(LimitKeys.FREE_HEAP);
        if (used != seen || !isFull) {
            seen = used;
            seenAt = now;
        } else if (now - seenAt >= COLLECT_NANOS) {
            seenAt = now;
            collect.run();
        }
        isReached = isFull;
    }
}
