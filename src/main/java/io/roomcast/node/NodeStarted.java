package io.roomcast.node;

/**
 * The CDI event that is fired once, when the node has started.
 *
 * @param server the server in which it has started
 */
public record NodeStarted(ServerInfo server) {}
