/** The way out: one bounded queue for each session, and the port through which it sends. */
package io.roomcast.outbound;
