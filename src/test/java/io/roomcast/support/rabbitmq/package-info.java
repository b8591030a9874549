/** A real RabbitMQ. */
package io.roomcast.support.rabbitmq;
