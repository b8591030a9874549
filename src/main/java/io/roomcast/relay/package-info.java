/**
 * The ports between nodes, and what serves them on a single node: {@link io.roomcast.relay.LocalRelay} and
 * {@link io.roomcast.relay.LocalPresence}.
 */
package io.roomcast.relay;
