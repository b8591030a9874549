/**
 * Protocol v1: names, frames, codes and their JSON, as values. This package knows neither connections nor rooms.
 * {@code docs/protocol.md} describes the protocol for people.
 */
package io.roomcast.protocol;
