/**
 * Protocol v1 as values: names, frames, codes, and their JSON. Nothing here knows a connection or a room. {@code docs/protocol.md}
 * is the same for people.
 */
package io.roomcast.protocol;
