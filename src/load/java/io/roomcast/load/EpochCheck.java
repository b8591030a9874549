package io.roomcast.load;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the members of a room were told in one epoch, held against each other and against what publishers were answered:
 * one message to an offset. Any thread. It remembers the last 4,096 offsets; members that are further apart are not
 * compared.
 */
final class EpochCheck {
    private static final int REMEMBERED = 4_096;
    private static final long OFFSET_MASK = (1L << 24) - 1;
    private static final long MESSAGE_MASK = (1L << 40) - 1;

    private final String id;
    private final AtomicLong lowest = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong highest = new AtomicLong();
    /** 24 bits of the offset, and 40 of what names the message. */
    private final AtomicLongArray known = new AtomicLongArray(REMEMBERED);

    EpochCheck(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    /** The highest offset that a publisher was answered with; 0 for none. */
    long acknowledged() {
        return highest.get();
    }

    /** From the lowest such offset to the highest. */
    long acknowledgedCount() {
        return highest.get() == 0 ? 0 : Math.max(0, highest.get() - lowest.get() + 1);
    }

    void acknowledge(long offset) {
        lowest.accumulateAndGet(offset, Math::min);
        highest.accumulateAndGet(offset, Math::max);
    }

    /** @return whether another message is known to stand there */
    boolean contradicts(long offset, int publisher, long sequence) {
        long message = (publisher * 0x9E3779B97F4A7C15L + sequence * 31 + 1) & MESSAGE_MASK;
        long wanted = (offset & OFFSET_MASK) << 40 | message;
        int slot = (int) (offset % REMEMBERED);
        long there = known.get(slot);
        if (there >>> 40 == (offset & OFFSET_MASK) && there != 0) {
            return there != wanted;
        }
        known.set(slot, wanted);
        return false;
    }
}
