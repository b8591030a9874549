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
        NOTHING("-"),
        /** There is no such room. */
        NO_ROOM("0"),
        /** The room has this epoch and offset. */
        ROOM("1");

        private final String word;

        Knowledge(String word) {
            this.word = word;
        }

        private static Knowledge of(String word) {
            return word.equals(ROOM.word) ? ROOM : word.equals(NO_ROOM.word) ? NO_ROOM : NOTHING;
        }
    }

    void write(DataOutput to) throws IOException {
        to.writeUTF(knowledge.word);
        if (knowledge != Knowledge.NOTHING) {
            to.writeUTF(epoch);
            to.writeLong(offset);
            to.writeLong(asOf);
        }
    }

    static Head read(DataInput from) throws IOException {
        Knowledge knowledge = Knowledge.of(from.readUTF());
        return knowledge == Knowledge.NOTHING
                ? SILENT
                : new Head(knowledge, from.readUTF(), from.readLong(), from.readLong());
    }
}
