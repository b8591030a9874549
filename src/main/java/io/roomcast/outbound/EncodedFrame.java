package io.roomcast.outbound;

import io.roomcast.protocol.MessageRange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * One or more protocol frames as they go over the wire, joined by {@code \n}. Made once for a room and shared by the queues of all
 * its members; immutable to all who see it.
 *
 * <p>It is wanted as text or as bytes, depending on what the container takes, and mostly only as one of them. The other form is made when it is
 * first asked for; should two threads ask at once, both make the same.
 */
public final class EncodedFrame implements Waiting {
    private static final int TEXT_FIN = 0x81;
    private static final int BINARY_FIN = 0x82;
    private static final byte[] NEWLINE = {'\n'};
    private static final int LENGTH_16_BITS = 126;
    private static final int LENGTH_64_BITS = 127;

    private static final AtomicIntegerFieldUpdater<EncodedFrame> QUEUES =
            AtomicIntegerFieldUpdater.newUpdater(EncodedFrame.class, "queues");

    private final FrameKind kind;
    private final MessageRange range;
    private final Notice notice;
    /** UTF-8; of a deflated frame what is sent of it. */
    private final byte[] utf8;

    private final boolean binary;
    /** Of which it was joined; null where it was not. */
    private final List<EncodedFrame> parts;

    private String text;
    /** Volatile: what is in an array is not seen without. */
    private volatile byte[] webSocketFrame;
    /** In how many queues it waits. */
    @SuppressWarnings("UnusedVariable") // through QUEUES
    private volatile int queues;

    /** Compressed to be put together with others; made when it is first asked for. */
    private volatile byte[] deflatedPart;

    private volatile EncodedFrame deflated;

    private EncodedFrame(FrameKind kind, MessageRange range, byte[] utf8) {
        this(kind, range, null, utf8, null, false);
    }

    private EncodedFrame(
            FrameKind kind, MessageRange range, Notice notice, byte[] utf8, List<EncodedFrame> parts, boolean binary) {
        this.notice = notice;
        this.parts = parts;
        this.binary = binary;
        this.kind = kind;
        this.range = range;
        this.utf8 = utf8;
    }

    public static EncodedFrame of(FrameKind kind, String text) {
        return of(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param utf8 the text; handed over, not copied */
    public static EncodedFrame of(FrameKind kind, byte[] utf8) {
        return new EncodedFrame(kind, null, utf8);
    }

    /** Messages that a client can fetch, should it be too slow for them. {@code utf8} is handed over, not copied. */
    public static EncodedFrame of(MessageRange range, byte[] utf8) {
        return new EncodedFrame(FrameKind.MESSAGE, range, utf8);
    }

    /** Who came and went, and what is told in its place should a client be too slow for it. */
    public static EncodedFrame of(Notice notice, String text) {
        return new EncodedFrame(FrameKind.PRESENCE, null, notice, text.getBytes(StandardCharsets.UTF_8), null, false);
    }

    /** All of them in one, separated by newlines. */
    static EncodedFrame joined(List<EncodedFrame> frames) {
        int bytes = frames.size() - 1;
        for (EncodedFrame frame : frames) {
            bytes += frame.bytes();
        }
        byte[] utf8 = new byte[bytes];
        int end = 0;
        for (EncodedFrame frame : frames) {
            if (end > 0) {
                utf8[end++] = '\n';
            }
            end = frame.copyTo(utf8, end);
        }
        return new EncodedFrame(frames.get(0).kind(), null, null, utf8, frames, false);
    }

    public FrameKind kind() {
        return kind;
    }

    /** The messages that these are, where they can be fetched; else null. */
    public MessageRange range() {
        return range;
    }

    /** What is told in its place when it is dropped; else null. */
    Notice notice() {
        return notice;
    }

    @Override
    public EncodedFrame frame(BehindNotice ignored) {
        return this;
    }

    /** Whether it is {@link #deflated}: bytes, and no text. */
    public boolean isBinary() {
        return binary;
    }

    /** What is sent; shared, nobody may write to it. */
    public byte[] payload() {
        return utf8;
    }

    /**
     * The same in raw deflate, for a client that asked for it: compressed once for all members of the room. Only messages are: what is urgent, such as
     * answers, presence and signals, is not made to wait for it.
     *
     * @param threshold bytes from which on it is worth it
     * @return this frame, where it is not
     */
    public EncodedFrame deflated(long threshold) {
        if (parts != null) {
            return parts.stream().anyMatch(part -> part.isWorthDeflating(threshold)) ? joinedDeflated(threshold) : this;
        }
        if (!isWorthDeflating(threshold)) {
            return this;
        }
        EncodedFrame made = deflated;
        if (made == null) {
            Deflation deflation = new Deflation();
            deflation.add(deflatedPart());
            made = binary(deflation);
            deflated = made;
        }
        return made;
    }

    private boolean isWorthDeflating(long threshold) {
        return kind == FrameKind.MESSAGE && utf8.length >= threshold;
    }

    private byte[] deflatedPart() {
        byte[] made = deflatedPart;
        if (made == null) {
            made = Deflation.part(utf8);
            deflatedPart = made;
        }
        return made;
    }

    private EncodedFrame joinedDeflated(long threshold) {
        Deflation deflation = new Deflation();
        for (int i = 0; i < parts.size(); i++) {
            EncodedFrame part = parts.get(i);
            if (i > 0) {
                deflation.addStored(NEWLINE);
            }
            if (part.isWorthDeflating(threshold)) {
                deflation.add(part.deflatedPart());
            } else {
                deflation.addStored(part.utf8);
            }
        }
        return binary(deflation);
    }

    private EncodedFrame binary(Deflation deflation) {
        return new EncodedFrame(kind, range, null, deflation.end(), null, true);
    }

    /** @return whether no other queue holds it */
    boolean enterQueue() {
        return QUEUES.getAndIncrement(this) == 0;
    }

    /** @return whether no queue holds it any more */
    boolean leaveQueue() {
        return QUEUES.decrementAndGet(this) == 0;
    }

    public String text() {
        String made = text;
        if (made == null) {
            made = new String(utf8, StandardCharsets.UTF_8);
            text = made;
        }
        return made;
    }

    /** Length of the text in UTF-8. */
    public int bytes() {
        return utf8.length;
    }

    /** Puts the text into {@code target}, in UTF-8, and returns the index behind it. */
    int copyTo(byte[] target, int index) {
        System.arraycopy(utf8, 0, target, index, utf8.length);
        return index + utf8.length;
    }

    /**
     * The text as one unmasked WebSocket frame of RFC 6455, section 5.2, header and all, for a transport that writes to the connection itself.
     * Shared: nobody may write to it.
     */
    public byte[] webSocketFrame() {
        byte[] made = webSocketFrame;
        if (made == null) {
            made = makeWebSocketFrame();
            // An answer is sent once: kept, it would take its place twice.
            webSocketFrame = kind == FrameKind.REPLY ? null : made;
        }
        return made;
    }

    private byte[] makeWebSocketFrame() {
        int length = utf8.length;
        int lengthBytes = length < LENGTH_16_BITS ? 0 : length < 1 << 16 ? 2 : 8;
        byte[] frame = new byte[2 + lengthBytes + length];
        frame[0] = (byte) (binary ? BINARY_FIN : TEXT_FIN);
        frame[1] = (byte) (lengthBytes == 0 ? length : lengthBytes == 2 ? LENGTH_16_BITS : LENGTH_64_BITS);
        for (int i = 0; i < lengthBytes; i++) {
            frame[2 + i] = (byte) ((long) length >>> 8 * (lengthBytes - 1 - i));
        }
        copyTo(frame, 2 + lengthBytes);
        return frame;
    }
}
