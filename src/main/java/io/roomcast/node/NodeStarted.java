package io.roomcast.node;

/** Fired when the node runs: for what tells of it without being asked. */
public record NodeStarted() {}
