package io.roomcast.websocket.transport;

import java.util.function.LongSupplier;

/**
 * Reads the headers of the WebSocket frames of one client (RFC 6455, section 5), byte by byte. It rejects a frame by its
 * header, before the payload arrives. It sees no payload: the caller tells how much of it has passed. Used by one
 * thread at a time.
 */
public final class FrameHeaders {
    /** Receives what is wrong with a frame, on the reading thread. */
    public interface Handler {
        /** A message is larger than the limit. Its payload still follows, and so may other frames. */
        void onTooLarge();

        /** The client violates RFC 6455. All further bytes are without meaning. */
        void onViolation(String reason);
    }

    public static final int FIN = 0x80;
    public static final int CONTINUATION = 0x0;
    public static final int CLOSE = 0x8;
    public static final int PING = 0x9;
    public static final int PONG = 0xa;
    /** The bit of the first frame of a compressed message (RFC 7692, section 6). */
    public static final int COMPRESSED = 0x40;

    private static final int BINARY = 0x2;
    private static final int RESERVED_BITS = 0x70;
    private static final int OPCODE = 0x0f;
    private static final int CONTROL = 0x08;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int LENGTH_16_BITS = 126;
    private static final int LENGTH_64_BITS = 127;
    private static final int MAX_CONTROL_BYTES = 125;
    private static final int MASK_BYTES = 4;

    /** The part of a frame that the next byte belongs to. */
    private enum Expected {
        FIRST_BYTE,
        SECOND_BYTE,
        EXTENDED_LENGTH,
        MASK,
        PAYLOAD,
        /** No frame follows. */
        NOTHING
    }

    private final LongSupplier limit;
    private final boolean compression;
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

    private int mask;

    /** Whether the message needs another frame of the client. */
    private boolean messageUnfinished;
    /** Bytes of the message, in all its frames so far. */
    private long messageBytes;
    /** Whether the message of this frame is larger than the limit. */
    private boolean messageTooLarge;

    /**
     * @param limit current limit of a message, in bytes
     * @param compression whether a message may be compressed
     */
    public FrameHeaders(LongSupplier limit, boolean compression, Handler handler) {
        this.limit = limit;
        this.compression = compression;
        this.handler = handler;
    }

    /** Reads a byte of a header. Not to be called when the payload or nothing follows. */
    public void read(int value) {
        switch (next) {
            case FIRST_BYTE -> readFirstByte(value);
            case SECOND_BYTE -> readSecondByte(value);
            case EXTENDED_LENGTH -> readLengthByte(value);
            case MASK -> readMaskByte(value);
            case PAYLOAD, NOTHING -> throw new IllegalStateException("no header follows");
        }
    }

    private void readFirstByte(int value) {
        firstByte = value;
        int opcode = value & OPCODE;
        int reserved = value & RESERVED_BITS;
        boolean mayBeCompressed = compression && !isControl() && opcode != CONTINUATION;
        if (reserved != 0 && (reserved != COMPRESSED || !mayBeCompressed)) {
            fail("a reserved bit is set");
        } else if (opcode > PONG || opcode > BINARY && !isControl()) {
            fail("an opcode without meaning");
        } else if (isControl() && !isLast()) {
            fail("a control frame in fragments");
        } else if (!isControl() && messageUnfinished != (opcode == CONTINUATION)) {
            fail(messageUnfinished ? "a message inside another" : "a continuation of nothing");
        } else {
            next = Expected.SECOND_BYTE;
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
        messageUnfinished = !isLast();
        if (!messageTooLarge && payloadLeft > limit.getAsLong() - messageBytes) {
            messageTooLarge = true;
            handler.onTooLarge();
        }
        messageBytes += payloadLeft;
    }

    private void readMaskByte(int value) {
        mask = mask << Byte.SIZE | value;
        if (--headerBytesLeft == 0) {
            next = Expected.PAYLOAD;
        }
    }

    private void fail(String reason) {
        end();
        handler.onViolation(reason);
    }

    /** Whether the header is complete. The payload follows, which may be empty. */
    public boolean isPayloadNext() {
        return next == Expected.PAYLOAD;
    }

    /** Bytes of the payload that have not passed. */
    public long payloadLeft() {
        return payloadLeft;
    }

    /** Notes that bytes of the payload have passed. */
    public void skip(long count) {
        payloadLeft -= count;
    }

    /** Ends the frame. To be called when no payload is left. */
    public void endFrame() {
        next = Expected.FIRST_BYTE;
        if (!isControl() && !messageUnfinished) {
            messageBytes = 0;
            messageTooLarge = false;
        }
    }

    /** Ends the reading. No frame follows. */
    public void end() {
        next = Expected.NOTHING;
    }

    public boolean isEnded() {
        return next == Expected.NOTHING;
    }

    /** Whether a frame has begun and has not ended. */
    public boolean isInFrame() {
        return next != Expected.FIRST_BYTE && next != Expected.NOTHING;
    }

    /** Whether a message has begun and has not ended. A control frame may be inside it. */
    public boolean isInMessage() {
        return messageUnfinished || isInFrame() && !isControl();
    }

    /** The mask of the frame. Its highest byte belongs to the first byte of the payload. */
    public int mask() {
        return mask;
    }

    public int opcode() {
        return firstByte & OPCODE;
    }

    public boolean isControl() {
        return (firstByte & CONTROL) != 0;
    }

    /** Whether this frame is the last of its message. */
    public boolean isLast() {
        return (firstByte & FIN) != 0;
    }

    public boolean isMessageTooLarge() {
        return messageTooLarge;
    }
}
