package io.roomcast.outbound;

/**
 * Bounds of the frames that wait for the sessions of a node; 0 lifts each bound.
 *
 * @param bytes that may wait for one session, in UTF-8; a single frame may be larger
 * @param ageNanos how long one send may take before the client counts as stuck
 * @param nodeBytes that may wait for all sessions together
 */
public record OutboundLimits(long bytes, long ageNanos, long nodeBytes) {

    /** Without a bound for all sessions together. */
    public OutboundLimits(long bytes, long ageNanos) {
        this(bytes, ageNanos, 0);
    }
}
