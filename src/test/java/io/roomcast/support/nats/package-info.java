/** Real servers of NATS for tests. */
package io.roomcast.support.nats;
