package io.roomcast.websocket.tyrus;

import io.roomcast.websocket.transport.FrameHeaders;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Reads the WebSocket frames of one client (RFC 6455, section 5). It rejects a frame by its header, before the payload
 * arrives. It stores only the payload of a control frame. The payload of a text or binary
 * frame is passed on as it arrives, as a fragment of the message. Used by one thread at a time.
 */
final class FrameReader {
    /** Receives what was read, on the reading thread. */
    interface Handler extends FrameHeaders.Handler {
        /** A complete, unmasked text, binary or continuation frame, which is the client's frame or a part of it. */
        void onData(ByteBuffer frame);

        void onPing(byte[] payload);

        void onPong();

        /** The client's Close. The reader ignores all bytes after it. */
        void onClose(byte[] payload);
    }

    private static final int LENGTH_16_BITS = 126;
    /** The most payload in one frame for Tyrus, which keeps a buffer of the size of the largest frame. */
    private static final int MAX_PART_BYTES = 2 * 1024;

    private final Handler handler;
    private final FrameHeaders headers;

    /** The mask, rotated so that its first byte belongs to the next byte of the payload. */
    private int mask;
    /** The payload of a control frame; null for other frames. */
    private byte[] controlPayload;
    /** The opcode of the next part of this frame: that of the frame for the first part, then continuation. */
    private int nextPartOpcode;

    /** @param limit current limit of a message, in bytes */
    FrameReader(LongSupplier limit, Handler handler) {
        this.handler = handler;
        this.headers = new FrameHeaders(limit, false, handler);
    }

    void read(ByteBuffer bytes) {
        while (headers.isPayloadNext() ? headers.payloadLeft() == 0 || bytes.hasRemaining() : bytes.hasRemaining()) {
            if (headers.isPayloadNext()) {
                readPayload(bytes);
            } else if (headers.isEnded()) {
                bytes.position(bytes.limit());
            } else {
                readHeader(bytes.get() & 0xff);
            }
        }
        if (headers.isInFrame()
                && !headers.isControl()
                && nextPartOpcode != FrameHeaders.CONTINUATION
                && !headers.isMessageTooLarge()) {
            // No payload has arrived, but the message has begun. An empty part tells the handler so.
            emitPart(bytes, 0, false);
        }
    }

    private void readHeader(int value) {
        boolean begins = !headers.isInFrame();
        headers.read(value);
        if (begins) {
            nextPartOpcode = headers.opcode();
        } else if (headers.isPayloadNext()) {
            mask = headers.mask();
            controlPayload = headers.isControl() ? new byte[(int) headers.payloadLeft()] : null;
        }
    }

    private void readPayload(ByteBuffer bytes) {
        int count = (int) Math.min(headers.payloadLeft(), bytes.remaining());
        if (controlPayload != null) {
            unmask(bytes, controlPayload, controlPayload.length - (int) headers.payloadLeft(), count);
            headers.skip(count);
        } else if (headers.isMessageTooLarge()) {
            headers.skip(count);
            bytes.position(bytes.position() + count);
        } else {
            int partBytes = Math.min(count, MAX_PART_BYTES);
            headers.skip(partBytes);
            emitPart(bytes, partBytes, headers.payloadLeft() == 0 && headers.isLast());
        }
        if (headers.payloadLeft() == 0) {
            endFrame();
        }
    }

    /**
     * Passes bytes of the payload to the handler, as a frame of their own.
     *
     * @param last whether these bytes end the message
     */
    private void emitPart(ByteBuffer bytes, int count, boolean last) {
        if (count == 0 && !last && nextPartOpcode == FrameHeaders.CONTINUATION) {
            return;
        }
        int header = count < LENGTH_16_BITS ? 2 : 4;
        byte[] frame = new byte[header + count];
        frame[0] = (byte) (nextPartOpcode | (last ? FrameHeaders.FIN : 0));
        frame[1] = (byte) Math.min(count, LENGTH_16_BITS);
        if (count >= LENGTH_16_BITS) {
            frame[2] = (byte) (count >>> Byte.SIZE);
            frame[3] = (byte) count;
        }
        unmask(bytes, frame, header, count);
        nextPartOpcode = FrameHeaders.CONTINUATION;
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
        headers.endFrame();
        if (controlPayload == null) {
            return;
        }
        byte[] payload = controlPayload;
        controlPayload = null;
        switch (headers.opcode()) {
            case FrameHeaders.PING -> handler.onPing(payload);
            case FrameHeaders.PONG -> handler.onPong();
            default -> {
                headers.end();
                handler.onClose(payload);
            }
        }
    }
}
