package io.roomcast.replica;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What a node knew of a room when it appended a record there. A node that starts finds in it how far the room was
 * numbered, although the log does not reach back to the first message any more. All others compare it with their own.
 *
 * @param offset of the last message, up to the position {@code asOf}
 * @param epoch of the room; if there is no room yet, the epoch that it may have if this record begins it
 * @param asOf position in the partition
 */
record Head(Knowledge knowledge, String epoch, long offset, long asOf) {
    /** Says nothing. */
    static final Head SILENT = new Head(Knowledge.NOTHING, "", 0, 0);

    enum Knowledge {
        /** The node is not certain. */
        NOTHING,
        /** There is no such room. */
        NO_ROOM,
        /** The room has this epoch and offset. */
        ROOM
    }

    void write(DataOutput to) throws IOException {
        to.writeByte(knowledge.ordinal());
        if (knowledge != Knowledge.NOTHING) {
            to.writeUTF(epoch);
            to.writeLong(offset);
            to.writeLong(asOf);
        }
    }

    static Head read(DataInput from) throws IOException {
        Knowledge knowledge = Knowledge.values()[from.readByte()];
        return knowledge == Knowledge.NOTHING
                ? SILENT
                : new Head(knowledge, from.readUTF(), from.readLong(), from.readLong());
    }
}
