package io.roomcast.jmx;

import io.roomcast.service.records.Erasure;
import java.util.List;

/**
 * How far the erasure of a user's messages is. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 *
 * @param state {@code running}, {@code done} or {@code failed}
 * @param node name of the node that works on it
 * @param rooms in how many rooms messages were erased
 * @param messages how many messages were erased
 * @param remains where they still are or may be
 * @param error why it failed; else empty
 */
public record ErasureReport(String state, String node, long rooms, long messages, List<String> remains, String error) {

    static ErasureReport of(Erasure erasure) {
        return new ErasureReport(
                erasure.state(),
                erasure.node(),
                erasure.rooms(),
                erasure.messages(),
                erasure.remains(),
                erasure.error() == null ? "" : erasure.error());
    }

    public String getState() {
        return state;
    }

    public String getNode() {
        return node;
    }

    public long getRooms() {
        return rooms;
    }

    public long getMessages() {
        return messages;
    }

    public List<String> getRemains() {
        return remains;
    }

    public String getError() {
        return error;
    }
}
