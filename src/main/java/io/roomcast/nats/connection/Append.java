package io.roomcast.nats.connection;

import io.roomcast.relay.RelayUnavailableException;

/** How a stream answered to a message. */
public sealed interface Append {
    /** The message is stored, under this number of the stream. */
    record Stored(long sequence) implements Append {}

    /** A message with the same id is stored, under this number. */
    record Duplicate(long sequence) implements Append {}

    /** Not stored now, since another message came before. A message with the same id may be stored. */
    record Conflict() implements Append {}

    /** The stream refused the message, for example because it is full. */
    record Refused(RelayUnavailableException why) implements Append {}
}
