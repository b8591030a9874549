package io.roomcast.outbound;

/**
 * One or more protocol frames as they go over the wire, joined by {@code \n}. Made once for a room and shared by the queues of all
 * its members.
 *
 * @param bytes length of {@code text} in UTF-8
 */
public record EncodedFrame(FrameKind kind, String text, int bytes) {

    public static EncodedFrame of(FrameKind kind, String text) {
        return new EncodedFrame(kind, text, utf8Length(text));
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
