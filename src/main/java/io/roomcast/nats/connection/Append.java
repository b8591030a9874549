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

    /**
     * Not stored, for example because the stream is full.
     *
     * @param isTooLarge whether the message is larger than NATS takes
     */
    record Refused(RelayUnavailableException why, boolean isTooLarge) implements Append {}
}
