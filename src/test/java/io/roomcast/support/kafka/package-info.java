/** A real Kafka. */
package io.roomcast.support.kafka;
