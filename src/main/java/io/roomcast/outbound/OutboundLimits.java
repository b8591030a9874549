package io.roomcast.outbound;

/**
 * Bounds of the frames that wait for the sessions of a node. In each component, 0 means no bound.
 *
 * @param bytes most bytes that may wait for one session, in UTF-8; a single frame may be larger
 * @param ageNanos how long one send may take before its client counts as stuck
 * @param nodeBytes most bytes that may wait for all sessions together
 */
public record OutboundLimits(long bytes, long ageNanos, long nodeBytes) {

    /** Without a bound for all sessions together. */
    public OutboundLimits(long bytes, long ageNanos) {
        this(bytes, ageNanos, 0);
    }
}
