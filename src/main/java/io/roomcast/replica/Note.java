package io.roomcast.replica;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.ExchangePart;
import io.roomcast.relay.ExchangePart.Purpose;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What a node tells all others, and nobody keeps. */
sealed interface Note {
    byte[] encode();

    /** A frame for the members of a room. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Signal(RoomName room, FrameKind kind, byte[] frame) implements Note {
        private static final int TYPE = 1;

        @Override
        public byte[] encode() {
            return encoded(TYPE, out -> {
                out.writeUTF(room.value());
                out.writeUTF(kind.name());
                out.write(frame);
            });
        }

        private static Note read(DataInputStream in) throws IOException {
            return new Signal(new RoomName(in.readUTF()), FrameKind.valueOf(in.readUTF()), in.readAllBytes());
        }
    }

    /** What a node tells another one, or all. */
    record Part(ExchangePart part) implements Note {
        private static final int TYPE = 2;

        @Override
        public byte[] encode() {
            return encoded(TYPE, out -> {
                out.writeUTF(part.purpose().word());
                out.writeUTF(part.from());
                out.writeUTF(part.to());
                out.writeUTF(part.id());
                out.writeInt(part.size());
                out.writeInt(part.rest());
                out.write(part.bytes());
            });
        }

        private static Note read(DataInputStream in) throws IOException {
            return new Part(new ExchangePart(
                    Purpose.of(in.readUTF()),
                    in.readUTF(),
                    in.readUTF(),
                    in.readUTF(),
                    in.readInt(),
                    in.readInt(),
                    in.readAllBytes()));
        }
    }

    /** Writes a note. */
    interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] encoded(int type, Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(type);
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @return null if another version, or something else, has sent it */
    static Note decode(byte[] note) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(note))) {
            return switch (in.readByte()) {
                case Signal.TYPE -> Signal.read(in);
                case Part.TYPE -> Part.read(in);
                default -> null;
            };
        } catch (IOException | IllegalArgumentException | ProtocolException e) {
            return null;
        }
    }
}
