/** Outbound frames: a bounded queue for each session, and the port through which the queue sends. */
package io.roomcast.outbound;
