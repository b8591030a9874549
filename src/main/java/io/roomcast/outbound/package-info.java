/** Outbound frames: a bounded queue for each session, and the port through which it sends. */
package io.roomcast.outbound;
