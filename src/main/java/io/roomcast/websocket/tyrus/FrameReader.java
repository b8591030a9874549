package io.roomcast.websocket.tyrus;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Reads the WebSocket frames of one client (RFC 6455, section 5). It rejects a frame by its header, before the payload
 * arrives. It stores only the header of a frame and the payload of a control frame. The payload of a text or binary
 * frame is passed on as it arrives, as a fragment of the message. Used by one thread at a time.
 */
final class FrameReader {
    /** Receives what was read, on the reading thread. */
    interface Handler {
        /** A complete, unmasked text, binary or continuation frame, which is the client's frame or a part of it. */
        void onData(ByteBuffer frame);

        void onPing(byte[] payload);

        void onPong();

        /** The client's Close. The reader ignores all bytes after it. */
        void onClose(byte[] payload);

        /** A message is larger than the limit. Its payload is skipped; later frames are read. */
        void onTooLarge();

        /** The client violates RFC 6455. The reader ignores all further bytes. */
        void onViolation(String reason);
    }

    private static final int FIN = 0x80;
    private static final int RESERVED_BITS = 0x70;
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
    private static final int MAX_CONTROL_BYTES = 125;
    private static final int MASK_BYTES = 4;
    /** The most payload in one frame for Tyrus, which keeps a buffer of the size of the largest frame. */
    private static final int MAX_PART_BYTES = 2 * 1024;

    /** The part of a frame that the next byte belongs to. */
    private enum Expected {
        FIRST_BYTE,
        SECOND_BYTE,
        EXTENDED_LENGTH,
        MASK,
        PAYLOAD,
        /** Input is discarded. */
        NOTHING
    }

    private final LongSupplier limit;
    private final Handler handler;
    private Expected next = Expected.FIRST_BYTE;
    /** The first byte of the frame: the FIN bit, the reserved bits and the opcode. */
    private int firstByte;
    /** The size of the extended length, in bytes. */
    private int lengthBytes;
    /** Bytes of the extended length or of the mask that have not arrived. */
    private int headerBytesLeft;
    /** Bytes of the payload that have not arrived. While the header is read, the length as far as it is known. */
    private long payloadLeft;

    /** The mask, rotated so that its first byte belongs to the next byte of the payload. */
    private int mask;
    /** The payload of a control frame; null for other frames. */
    private byte[] controlPayload;
    /** The opcode of the next part of this frame: that of the frame for the first part, then continuation. */
    private int nextPartOpcode;

    /** Whether the message needs another frame of the client. */
    private boolean messageUnfinished;
    /** Bytes of the message, in all its frames so far. */
    private long messageBytes;
    /** Whether the message is too large, so that its payload is skipped. */
    private boolean skipsMessage;

    /** @param limit current limit of a message, in bytes */
    FrameReader(LongSupplier limit, Handler handler) {
        this.limit = limit;
        this.handler = handler;
    }

    void read(ByteBuffer bytes) {
        while (next == Expected.PAYLOAD ? payloadLeft == 0 || bytes.hasRemaining() : bytes.hasRemaining()) {
            switch (next) {
                case FIRST_BYTE -> readFirstByte(bytes.get() & 0xff);
                case SECOND_BYTE -> readSecondByte(bytes.get() & 0xff);
                case EXTENDED_LENGTH -> readLengthByte(bytes.get() & 0xff);
                case MASK -> readMaskByte(bytes.get() & 0xff);
                case PAYLOAD -> readPayload(bytes);
                case NOTHING -> bytes.position(bytes.limit());
            }
        }
        if (isInFrame() && !isControl() && nextPartOpcode != CONTINUATION && !skipsMessage) {
            // No payload has arrived, but the message has begun. An empty part tells the handler so.
            emitPart(bytes, 0, false);
        }
    }

    /** Whether a frame has begun and has not ended. */
    private boolean isInFrame() {
        return next != Expected.FIRST_BYTE && next != Expected.NOTHING;
    }

    private void readFirstByte(int value) {
        firstByte = value;
        int opcode = value & OPCODE;
        boolean isControl = (opcode & CONTROL) != 0;
        if ((value & RESERVED_BITS) != 0) {
            fail("a reserved bit is set");
        } else if (opcode > PONG || opcode > BINARY && !isControl) {
            fail("an opcode without meaning");
        } else if (isControl && (value & FIN) == 0) {
            fail("a control frame in fragments");
        } else if (!isControl && messageUnfinished != (opcode == CONTINUATION)) {
            fail(messageUnfinished ? "a message inside another" : "a continuation of nothing");
        } else {
            next = Expected.SECOND_BYTE;
            nextPartOpcode = opcode;
        }
    }

    private void readSecondByte(int value) {
        payloadLeft = value & LENGTH;
        if ((value & MASKED) == 0) {
            fail("a frame of a client without mask");
        } else if (isControl() && payloadLeft > MAX_CONTROL_BYTES) {
            fail("a control frame of more than 125 bytes");
        } else if (payloadLeft < LENGTH_16_BITS) {
            endLength();
        } else {
            next = Expected.EXTENDED_LENGTH;
            lengthBytes = payloadLeft == LENGTH_64_BITS ? Long.BYTES : Short.BYTES;
            headerBytesLeft = lengthBytes;
            payloadLeft = 0;
        }
    }

    private void readLengthByte(int value) {
        payloadLeft = payloadLeft << Byte.SIZE | value;
        if (--headerBytesLeft > 0) {
            return;
        }
        if (payloadLeft < 0) {
            fail("a length of more than 63 bits");
        } else if (payloadLeft < smallestLength(lengthBytes)) {
            fail("a length in more bytes than it needs");
        } else {
            endLength();
        }
    }

    private static int smallestLength(int lengthBytes) {
        return lengthBytes == Short.BYTES ? LENGTH_16_BITS : 1 << Short.SIZE;
    }

    /** Called when the length of the payload is known. The mask follows. */
    private void endLength() {
        next = Expected.MASK;
        headerBytesLeft = MASK_BYTES;
        if (isControl()) {
            return;
        }
        messageUnfinished = (firstByte & FIN) == 0;
        if (!skipsMessage && payloadLeft > limit.getAsLong() - messageBytes) {
            skipsMessage = true;
            handler.onTooLarge();
        }
        messageBytes += payloadLeft;
    }

    private void readMaskByte(int value) {
        mask = mask << Byte.SIZE | value;
        if (--headerBytesLeft == 0) {
            next = Expected.PAYLOAD;
            controlPayload = isControl() ? new byte[(int) payloadLeft] : null;
        }
    }

    private void readPayload(ByteBuffer bytes) {
        int count = (int) Math.min(payloadLeft, bytes.remaining());
        if (controlPayload != null) {
            unmask(bytes, controlPayload, controlPayload.length - (int) payloadLeft, count);
            payloadLeft -= count;
        } else if (skipsMessage) {
            payloadLeft -= count;
            bytes.position(bytes.position() + count);
        } else {
            int partBytes = Math.min(count, MAX_PART_BYTES);
            payloadLeft -= partBytes;
            emitPart(bytes, partBytes, payloadLeft == 0 && (firstByte & FIN) != 0);
        }
        if (payloadLeft == 0) {
            endFrame();
        }
    }

    /**
     * Passes bytes of the payload to the handler, as a frame of their own.
     *
     * @param last whether these bytes end the message
     */
    private void emitPart(ByteBuffer bytes, int count, boolean last) {
        if (count == 0 && !last && nextPartOpcode == CONTINUATION) {
            return;
        }
        int header = count < LENGTH_16_BITS ? 2 : 4;
        byte[] frame = new byte[header + count];
        frame[0] = (byte) (nextPartOpcode | (last ? FIN : 0));
        frame[1] = (byte) Math.min(count, LENGTH_16_BITS);
        if (count >= LENGTH_16_BITS) {
            frame[2] = (byte) (count >>> Byte.SIZE);
            frame[3] = (byte) count;
        }
        unmask(bytes, frame, header, count);
        nextPartOpcode = CONTINUATION;
        handler.onData(ByteBuffer.wrap(frame));
    }

    private void unmask(ByteBuffer source, byte[] target, int from, int count) {
        source.get(target, from, count);
        int key = mask;
        for (int i = from; i < from + count; i++) {
            key = Integer.rotateLeft(key, Byte.SIZE);
            target[i] ^= (byte) key;
        }
        mask = key;
    }

    private void endFrame() {
        next = Expected.FIRST_BYTE;
        if (controlPayload == null) {
            if (!messageUnfinished) {
                messageBytes = 0;
                skipsMessage = false;
            }
            return;
        }
        byte[] payload = controlPayload;
        controlPayload = null;
        switch (firstByte & OPCODE) {
            case PING -> handler.onPing(payload);
            case PONG -> handler.onPong();
            default -> {
                next = Expected.NOTHING;
                handler.onClose(payload);
            }
        }
    }

    private boolean isControl() {
        return (firstByte & CONTROL) != 0;
    }

    private void fail(String reason) {
        next = Expected.NOTHING;
        handler.onViolation(reason);
    }
}
