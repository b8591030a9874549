package io.roomcast.outbound;

/**
 * Bounds of one session's queue.
 *
 * @param bytes of frames that may wait, in UTF-8; a single frame may have more; 0 lifts the limit
 * @param ageNanos how long a single send may take before the client counts as stuck; 0 lifts the limit
 */
public record OutboundLimits(long bytes, long ageNanos) {}
