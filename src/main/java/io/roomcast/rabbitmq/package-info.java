/** The log of all nodes in streams of RabbitMQ. Only this package uses RabbitMQ's client, which the WAR does not bring. */
package io.roomcast.rabbitmq;
