/** The transports that work on any server, and what the transports of particular servers have in common. */
package io.roomcast.websocket.transport;
