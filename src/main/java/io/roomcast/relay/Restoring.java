package io.roomcast.relay;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import java.util.List;

/**
 * Messages that are brought back to a room with the places that they had, such as those of another node.
 *
 * @param epoch name of the numbering
 * @param previous the last place of the epoch before; null if the epoch is the room's first
 * @param isBeginning whether nothing is left of what came before these messages, so that an empty room may begin with them
 * @param messages not empty, with consecutive offsets, oldest first
 */
public record Restoring(String epoch, Position previous, boolean isBeginning, List<StoredMessage> messages) {
    /**
     * What became of them.
     *
     * @param stored how many are there now, and were not before
     * @param present how many were there before
     */
    public record Done(int stored, int present) {}

    public Restoring {
        isBeginning |= previous == null && messages.get(0).offset() == 1;
    }

    public long first() {
        return messages.get(0).offset();
    }

    public long last() {
        return messages.get(messages.size() - 1).offset();
    }
}
