/** The log of all nodes in Kafka. Only this package uses Kafka's client, which the WAR does not bring. */
package io.roomcast.kafka;
