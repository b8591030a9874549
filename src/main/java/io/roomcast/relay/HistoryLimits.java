package io.roomcast.relay;

import java.time.Duration;

/**
 * How much of each room is kept.
 *
 * @param messages at most; 0 keeps none
 * @param age of the oldest
 * @param bytes of bodies
 */
public record HistoryLimits(int messages, Duration age, long bytes) {}
