package io.roomcast.replica;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A record of the log: a command that all nodes carry out in the same order, so that all have the same result.
 *
 * @param node number of the node that has appended it, which no other node has
 * @param number different for each record of the node
 * @param room name of the room, or of what else the command is about; empty if nothing
 * @param body what belongs to the kind
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LogRecord(Kind kind, long node, long number, String room, Head head, byte[] body) {
    private static final int VERSION = 1;
    static final byte[] NOTHING = new byte[0];

    enum Kind {
        /** Changes nothing. Who meets its own barrier has applied all that was confirmed before it was appended. */
        BARRIER,
        /** Messages of a room: see {@link Batch}. */
        PUBLISH,
        /** Begins a room, or keeps a room that exists. */
        BEGIN,
        /** Begins a new epoch of a room, since nodes do not agree on the present one. */
        RENUMBER,
        /** Changes the users of a room: see {@link PresenceCommand}. */
        PRESENCE,
        /** All users of a room, for nodes that start. */
        USERS,
        /** Takes a lease. */
        TAKE_LEASE,
        /** Renews a lease. */
        RENEW_LEASE,
        END_LEASE,
        /** A value on which the nodes agree, if there is none yet. */
        PROPOSE,
        /** A value on which the nodes have agreed. */
        AGREED;

        private boolean isAboutRoom() {
            return switch (this) {
                case PUBLISH, BEGIN, RENUMBER, PRESENCE, USERS -> true;
                case BARRIER, TAKE_LEASE, RENEW_LEASE, END_LEASE, PROPOSE, AGREED -> false;
            };
        }
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + room.length() + body.length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(kind.name());
            out.writeLong(node);
            out.writeLong(number);
            out.writeUTF(room);
            head.write(out);
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @return null if another version, or something else, has appended the record */
    static LogRecord decode(byte[] record) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(record))) {
            if (in.readByte() != VERSION) {
                return null;
            }
            Kind kind = Kind.valueOf(in.readUTF());
            long node = in.readLong();
            long number = in.readLong();
            String name = in.readUTF();
            String room = kind.isAboutRoom() ? new RoomName(name).value() : name;
            return new LogRecord(kind, node, number, room, Head.read(in), in.readAllBytes());
        } catch (IOException | IllegalArgumentException | ProtocolException e) {
            return null;
        }
    }
}
