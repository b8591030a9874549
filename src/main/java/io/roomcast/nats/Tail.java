package io.roomcast.nats;

import io.roomcast.nats.connection.StreamRecord;
import io.roomcast.protocol.Position;
import io.roomcast.relay.RelayUnavailableException;

/**
 * The last record of a room.
 *
 * @param sequence its number in the stream
 * @param millis when it was stored; 0 if that is not known
 */
record Tail(MessageHead head, long sequence, long millis) {

    /** @throws RelayUnavailableException if somebody else wrote the record */
    static Tail of(StreamRecord stored) {
        MessageHead head = MessageHead.of(stored);
        if (head == null) {
            throw new RelayUnavailableException("something else than Roomcast has written into the stream of messages");
        }
        return new Tail(head, stored.sequence(), stored.millis());
    }

    Position position() {
        return new Position(head.epoch(), head.offset());
    }
}
