package io.roomcast.outbound;

import java.nio.charset.StandardCharsets;

/**
 * One or more protocol frames as they go over the wire, joined by {@code \n}. Made once for a room and shared by the queues of all
 * its members; immutable to all who see it.
 *
 * <p>It is wanted as text or as bytes, depending on what the container takes, and mostly only as one of them. The other form is made when it is
 * first asked for; should two threads ask at once, both make the same.
 */
public final class EncodedFrame {
    private static final int TEXT_FIN = 0x81;
    private static final int LENGTH_16_BITS = 126;
    private static final int LENGTH_64_BITS = 127;

    private final FrameKind kind;
    private final String text;
    private final int bytes;
    private byte[] webSocketFrame;

    private EncodedFrame(FrameKind kind, String text, int bytes) {
        this.kind = kind;
        this.text = text;
        this.bytes = bytes;
    }

    public static EncodedFrame of(FrameKind kind, String text) {
        return new EncodedFrame(kind, text, utf8Length(text));
    }

    public FrameKind kind() {
        return kind;
    }

    public String text() {
        return text;
    }

    /** Length of the text in UTF-8. */
    public int bytes() {
        return bytes;
    }

    /**
     * The text as one unmasked WebSocket frame of RFC 6455, section 5.2, header and all, for a transport that writes to the connection itself.
     * Shared: nobody may write to it.
     */
    public byte[] webSocketFrame() {
        byte[] made = webSocketFrame;
        if (made == null) {
            made = makeWebSocketFrame();
            webSocketFrame = made;
        }
        return made;
    }

    private byte[] makeWebSocketFrame() {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        int lengthBytes = payload.length < LENGTH_16_BITS ? 0 : payload.length < 1 << 16 ? 2 : 8;
        byte[] frame = new byte[2 + lengthBytes + payload.length];
        frame[0] = (byte) TEXT_FIN;
        frame[1] = (byte) (lengthBytes == 0 ? payload.length : lengthBytes == 2 ? LENGTH_16_BITS : LENGTH_64_BITS);
        for (int i = 0; i < lengthBytes; i++) {
            frame[2 + i] = (byte) ((long) payload.length >>> 8 * (lengthBytes - 1 - i));
        }
        System.arraycopy(payload, 0, frame, 2 + lengthBytes, payload.length);
        return frame;
    }

    private static int utf8Length(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // A surrogate pair is two characters and four bytes.
                bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return bytes;
    }
}
