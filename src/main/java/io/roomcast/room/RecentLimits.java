package io.roomcast.room;

/**
 * How much of its latest messages a room keeps on the node, so that most recoveries need no relay.
 *
 * @param bytes of bodies
 */
public record RecentLimits(int messages, long bytes) {}
