package io.roomcast.websocket.tyrus;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Reads the WebSocket frames of one client (RFC 6455, section 5). It rejects a frame by its header, before the payload
 * arrives. It holds only the header of a frame and the payload of a control frame; the payload of a text or binary
 * frame is passed on as it arrives, as a fragment of the message. Used by one thread at a time.
 */
final class FrameReader {
    /** Receives what was read. */
    interface Sink {
        /** A complete, unmasked text, binary or continuation frame: the client's frame, or a part of it. */
        void data(ByteBuffer frame);

        void ping(byte[] payload);

        void pong();

        /** The client's Close. Nothing after it is read. */
        void close(byte[] payload);

        /** A message is larger than the limit. Its payload is skipped; later frames are read. */
        void tooLarge();

        /** The client violates RFC 6455. Nothing after that is read. */
        void violation(String reason);
    }

    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;
    private static final int OPCODE = 0x0f;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int CONTROL = 0x08;
    private static final int CONTINUATION = 0x0;
    private static final int BINARY = 0x2;
    private static final int PING = 0x9;
    private static final int PONG = 0xa;
    private static final int LENGTH_16_BITS = 126;
    private static final int LENGTH_64_BITS = 127;
    private static final int LONGEST_CONTROL = 125;
    private static final int MASK_BYTES = 4;
    /** Most payload in one frame for Tyrus, which keeps a buffer of the size of the largest frame. */
    private static final int PART = 2 * 1024;

    private enum Next {
        FIRST_BYTE,
        SECOND_BYTE,
        EXTENDED_LENGTH,
        MASK,
        PAYLOAD,
        /** Input is discarded. */
        NOTHING
    }

    private final LongSupplier limit;
    private final Sink sink;
    private Next next = Next.FIRST_BYTE;
    private int first;
    private int extendedBytes;
    /** Bytes of the extended length or of the mask that have not arrived. */
    private int missing;
    /** Bytes of the payload that have not arrived. */
    private long length;

    private int mask;
    /** The payload of a control frame; null for other frames. */
    private byte[] control;
    /** The opcode of the next part of this frame: its own, then continuation. */
    private int partOpcode;

    private boolean messageBegun;
    private long messageBytes;
    /** Whether the payload belongs to a message that is too large. */
    private boolean skipping;

    /** @param limit current limit of a message, in bytes */
    FrameReader(LongSupplier limit, Sink sink) {
        this.limit = limit;
        this.sink = sink;
    }

    void read(ByteBuffer bytes) {
        while (next == Next.PAYLOAD ? length == 0 || bytes.hasRemaining() : bytes.hasRemaining()) {
            switch (next) {
                case FIRST_BYTE -> first(bytes.get() & 0xff);
                case SECOND_BYTE -> second(bytes.get() & 0xff);
                case EXTENDED_LENGTH -> extendedLength(bytes.get() & 0xff);
                case MASK -> mask(bytes.get() & 0xff);
                case PAYLOAD -> payload(bytes);
                case NOTHING -> bytes.position(bytes.limit());
            }
        }
        if (next == Next.PAYLOAD && control == null && partOpcode != CONTINUATION && !skipping) {
            // No payload has arrived, but the message has begun.
            hand(bytes, 0);
        }
    }

    private void first(int value) {
        first = value;
        int opcode = value & OPCODE;
        boolean isControl = (opcode & CONTROL) != 0;
        if ((value & RESERVED) != 0) {
            violation("a reserved bit is set");
        } else if (opcode > PONG || opcode > BINARY && !isControl) {
            violation("an opcode without meaning");
        } else if (isControl && (value & FIN) == 0) {
            violation("a control frame in fragments");
        } else if (!isControl && messageBegun != (opcode == CONTINUATION)) {
            violation(messageBegun ? "a message inside another" : "a continuation of nothing");
        } else {
            next = Next.SECOND_BYTE;
        }
    }

    private void second(int value) {
        length = value & LENGTH;
        if ((value & MASKED) == 0) {
            violation("a frame of a client without mask");
        } else if (isControl() && length > LONGEST_CONTROL) {
            violation("a control frame of more than 125 bytes");
        } else if (length < LENGTH_16_BITS) {
            beginMask();
        } else {
            next = Next.EXTENDED_LENGTH;
            extendedBytes = length == LENGTH_64_BITS ? Long.BYTES : Short.BYTES;
            missing = extendedBytes;
            length = 0;
        }
    }

    private void extendedLength(int value) {
        length = length << Byte.SIZE | value;
        if (--missing > 0) {
            return;
        }
        if (length < 0) {
            violation("a length of more than 63 bits");
        } else if (length < shortestOf(extendedBytes)) {
            violation("a length in more bytes than it needs");
        } else {
            beginMask();
        }
    }

    private static int shortestOf(int extendedBytes) {
        return extendedBytes == Short.BYTES ? LENGTH_16_BITS : 1 << Short.SIZE;
    }

    /** The length is known. */
    private void beginMask() {
        next = Next.MASK;
        missing = MASK_BYTES;
        if (isControl()) {
            return;
        }
        messageBegun = (first & FIN) == 0;
        if (!skipping && length > limit.getAsLong() - messageBytes) {
            skipping = true;
            sink.tooLarge();
        }
        messageBytes += length;
    }

    private void mask(int value) {
        mask = mask << Byte.SIZE | value;
        if (--missing == 0) {
            next = Next.PAYLOAD;
            partOpcode = first & OPCODE;
            control = isControl() ? new byte[(int) length] : null;
        }
    }

    private void payload(ByteBuffer bytes) {
        int count = (int) Math.min(length, bytes.remaining());
        if (control != null) {
            unmask(bytes, control, control.length - (int) length, count);
            length -= count;
        } else if (skipping) {
            length -= count;
            bytes.position(bytes.position() + count);
        } else {
            hand(bytes, Math.min(count, PART));
        }
        if (length == 0) {
            endFrame();
        }
    }

    private void hand(ByteBuffer bytes, int count) {
        length -= count;
        boolean last = length == 0 && (first & FIN) != 0;
        if (count == 0 && !last && partOpcode == CONTINUATION) {
            return;
        }
        int header = count < LENGTH_16_BITS ? 2 : 4;
        byte[] frame = new byte[header + count];
        frame[0] = (byte) (partOpcode | (last ? FIN : 0));
        frame[1] = (byte) Math.min(count, LENGTH_16_BITS);
        if (count >= LENGTH_16_BITS) {
            frame[2] = (byte) (count >>> Byte.SIZE);
            frame[3] = (byte) count;
        }
        unmask(bytes, frame, header, count);
        partOpcode = CONTINUATION;
        sink.data(ByteBuffer.wrap(frame));
    }

    private void unmask(ByteBuffer from, byte[] to, int begin, int count) {
        from.get(to, begin, count);
        int key = mask;
        for (int i = begin; i < begin + count; i++) {
            key = Integer.rotateLeft(key, Byte.SIZE);
            to[i] ^= (byte) key;
        }
        mask = key;
    }

    private void endFrame() {
        next = Next.FIRST_BYTE;
        if (control == null) {
            if (!messageBegun) {
                messageBytes = 0;
                skipping = false;
            }
            return;
        }
        byte[] payload = control;
        control = null;
        switch (first & OPCODE) {
            case PING -> sink.ping(payload);
            case PONG -> sink.pong();
            default -> {
                next = Next.NOTHING;
                sink.close(payload);
            }
        }
    }

    private boolean isControl() {
        return (first & CONTROL) != 0;
    }

    private void violation(String reason) {
        next = Next.NOTHING;
        sink.violation(reason);
    }
}
