package io.roomcast.outbound;

/**
 * Bounds of what waits for the sessions of a node; 0 lifts each.
 *
 * @param bytes of frames that may wait for one session, in UTF-8; a single frame may have more
 * @param ageNanos how long a single send may take before the client counts as stuck
 * @param nodeBytes that may wait for all sessions together
 */
public record OutboundLimits(long bytes, long ageNanos, long nodeBytes) {

    /** Without a bound for all together. */
    public OutboundLimits(long bytes, long ageNanos) {
        this(bytes, ageNanos, 0);
    }
}
