/** The ports between nodes: the interfaces of message relays and presence stores, and of their listeners. */
package io.roomcast.relay;
