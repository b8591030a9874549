package io.roomcast.nats;

import io.roomcast.protocol.Position;

/**
 * The last record of a room.
 *
 * @param head null if no node has written the record
 * @param sequence its number in the stream
 * @param millis when it was stored; 0 if that is not known
 */
record Tail(MessageHead head, long sequence, long millis) {

    Position position() {
        return new Position(head.epoch(), head.offset());
    }
}
