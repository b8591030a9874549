package io.roomcast.node;

/** The CDI event that is fired once, when the node has started. */
public record NodeStarted() {}
