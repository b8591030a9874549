package io.roomcast.outbound;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that a node holds for one purpose, and their limit. Any thread. */
public final class ByteBudget {
    private final AtomicLong held = new AtomicLong();
    private volatile long limit;

    /** @param limit bytes; 0 for no limit */
    public ByteBudget(long limit) {
        this.limit = limit;
    }

    /** Sets another limit. Bytes that are held already stay, even above the limit. */
    public void setLimit(long bytes) {
        limit = bytes;
    }

    public long limit() {
        return limit;
    }

    public long held() {
        return held.get();
    }

    /** @return bytes until the limit; negative if it is exceeded */
    public long left() {
        long most = limit;
        return most == 0 ? Long.MAX_VALUE : most - held.get();
    }

    /** @param bytes negative for bytes that are no longer held */
    public void add(long bytes) {
        held.addAndGet(bytes);
    }

    /**
     * Adds these bytes, unless the limit would be exceeded.
     *
     * @return false if the limit would be exceeded; nothing was added then
     */
    public boolean tryReserve(long bytes) {
        long most = limit;
        if (held.addAndGet(bytes) <= most || most == 0) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }
}
