package io.roomcast.relay;

import java.time.Duration;

/**
 * Limits of the history of each room.
 *
 * @param messages maximum number of messages; 0 stores none
 * @param age maximum age of a message
 * @param bytes maximum total size of the message bodies
 */
public record HistoryLimits(int messages, Duration age, long bytes) {}
