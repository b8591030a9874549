/** The connection to NATS, and what JetStream does for one stream. */
package io.roomcast.nats.connection;
