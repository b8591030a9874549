package io.roomcast.local;

import io.roomcast.protocol.StoredMessage;
import java.util.List;

/**
 * What an archive knows of a room, as a {@link LocalLog} needs it. Times are of the relay's clock, in milliseconds.
 *
 * @param offset offset of the last message; 0 if the room never had one
 * @param recent the last messages up to this offset, oldest first
 * @param keys the keys that the room must remember, oldest first
 * @param discarded {@link LocalRelay#discardedLogs} before the archive was asked
 */
record ArchivedLog(String epoch, long offset, List<Recent> recent, List<Key> keys, long discarded) {

    /** @param at when the message was stored */
    record Recent(StoredMessage message, long at) {}

    /** @param at when the message with this key was stored */
    record Key(KeyDigest digest, long offset, long at) {}
}
