package io.roomcast.node;

/**
 * The server in which this node runs.
 *
 * @param name name and version, such as {@code WildFly Full 39.0.1.Final}
 * @param hasFastPath whether sessions use the fast path; false for the portable path
 */
public record ServerInfo(String name, boolean hasFastPath) {}
