package io.roomcast.node;

/** Fired when the node has started. */
public record NodeStarted() {}
