/** The relay over brokers that only append: a log that every node reads and applies. */
package io.roomcast.replica;
