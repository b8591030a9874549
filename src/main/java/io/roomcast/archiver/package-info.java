/**
 * Copies the messages that a broker keeps for a while to a database that keeps them, and reads them there.
 *
 * <p>Start with {@link io.roomcast.archiver.ArchivedRelay}, which is the relay of the broker with the history of the
 * database behind it. The {@link io.roomcast.archiver.Archiver} copies.
 */
package io.roomcast.archiver;
