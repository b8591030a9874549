package io.roomcast.outbound;

import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.RoomName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;

/**
 * One or more protocol frames in their wire format, joined by {@code \n}. A frame is encoded once for a room, and
 * shared by the queues of all its members. Immutable to callers.
 *
 * <p><b>Concurrency.</b> Any thread. Some containers take text, and others take bytes. Each form is made when a thread
 * first needs the form. Two threads may make the same form at the same time, which is harmless.
 */
public final class EncodedFrame implements QueueEntry {
    /**
     * Replaces presence changes that were dropped because the client reads too slowly.
     *
     * @param frame makes the frame that tells the client the number of users, without names; called when the frame is
     *     sent
     */
    public record Fallback(RoomName room, Supplier<EncodedFrame> frame) {}

    private static final int TEXT_FIN = 0x81;
    private static final int BINARY_FIN = 0x82;
    private static final byte[] NEWLINE = {'\n'};
    private static final int LENGTH_16_BITS = 126;
    private static final int LENGTH_64_BITS = 127;

    private static final AtomicIntegerFieldUpdater<EncodedFrame> QUEUES =
            AtomicIntegerFieldUpdater.newUpdater(EncodedFrame.class, "queues");

    private final FrameKind kind;
    private final MessageRange range;
    private final Fallback fallback;
    /** The payload: UTF-8, or deflated bytes. */
    private final byte[] payload;

    private final boolean isBinary;
    /** The frames that were joined to this frame, or null. */
    private final List<EncodedFrame> parts;

    private String text;
    /** Volatile, so that other threads see the contents of the array. */
    private volatile byte[] webSocketFrame;
    /** In how many queues this frame waits. */
    @SuppressWarnings("UnusedVariable") // through QUEUES
    private volatile int queues;

    /** The compressed payload, as a part that can be joined with other parts; null until it is needed. */
    private volatile byte[] deflatedPart;

    /** The frame for plain clients; null until it is needed. */
    private volatile EncodedFrame printable;

    /** The compressed frame; null until it is needed. */
    private volatile EncodedFrame deflated;

    private EncodedFrame(FrameKind kind, MessageRange range, byte[] payload) {
        this(kind, range, null, payload, null, false);
    }

    private EncodedFrame(
            FrameKind kind,
            MessageRange range,
            Fallback fallback,
            byte[] payload,
            List<EncodedFrame> parts,
            boolean isBinary) {
        this.fallback = fallback;
        this.parts = parts;
        this.isBinary = isBinary;
        this.kind = kind;
        this.range = range;
        this.payload = payload;
    }

    public static EncodedFrame of(FrameKind kind, String text) {
        return of(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param payload the text; handed over, not copied */
    public static EncodedFrame of(FrameKind kind, byte[] payload) {
        return new EncodedFrame(kind, null, payload);
    }

    /** Stored messages, which a slow client can fetch later. {@code payload} is handed over, not copied. */
    public static EncodedFrame of(MessageRange range, byte[] payload) {
        return new EncodedFrame(FrameKind.MESSAGE, range, payload);
    }

    /** A presence change. {@code fallback} replaces the change for a slow client. */
    public static EncodedFrame of(Fallback fallback, String text) {
        return new EncodedFrame(FrameKind.PRESENCE, null, fallback, text.getBytes(StandardCharsets.UTF_8), null, false);
    }

    /** Joins these frames to one frame, separated by newlines. */
    static EncodedFrame joined(List<EncodedFrame> frames) {
        int bytes = frames.size() - 1;
        for (EncodedFrame frame : frames) {
            bytes += frame.bytes();
        }
        byte[] payload = new byte[bytes];
        int end = 0;
        for (EncodedFrame frame : frames) {
            if (end > 0) {
                payload[end++] = '\n';
            }
            end = frame.copyTo(payload, end);
        }
        return new EncodedFrame(frames.get(0).kind(), null, null, payload, frames, false);
    }

    public FrameKind kind() {
        return kind;
    }

    /** The range of stored messages in this frame; null for anything else. */
    public MessageRange range() {
        return range;
    }

    /** What replaces this frame when it is dropped, or null. */
    Fallback fallback() {
        return fallback;
    }

    @Override
    public EncodedFrame frame(GapFrameFactory gapFrames) {
        return this;
    }

    /** Whether the payload is {@link #deflated}, to be sent as a binary WebSocket frame. */
    public boolean isBinary() {
        return isBinary;
    }

    /** The payload. The array is shared, and the caller must not write to it. */
    public byte[] payload() {
        return payload;
    }

    /**
     * This frame in raw deflate, for a client that asked for compression. A message is compressed once for all members
     * of the room. Replies, presence changes and signals are urgent and are not compressed.
     *
     * @param threshold smallest payload that is compressed, in bytes
     * @return this frame, if it is not worth compressing
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
            made = binaryFrame(deflation);
            deflated = made;
        }
        return made;
    }

    /** This frame for a plain client, which prints the content of every message. */
    public EncodedFrame printable() {
        if (kind != FrameKind.MESSAGE) {
            return this;
        }
        EncodedFrame made = printable;
        if (made == null) {
            byte[] lines = MessageFrames.printable(payload);
            made = lines == payload ? this : of(range, lines);
            printable = made;
        }
        return made;
    }

    private boolean isWorthDeflating(long threshold) {
        return kind == FrameKind.MESSAGE && payload.length >= threshold;
    }

    private byte[] deflatedPart() {
        byte[] made = deflatedPart;
        if (made == null) {
            made = Deflation.compress(payload);
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
                deflation.addStored(part.payload);
            }
        }
        return binaryFrame(deflation);
    }

    private EncodedFrame binaryFrame(Deflation deflation) {
        return new EncodedFrame(kind, range, null, deflation.end(), null, true);
    }

    /**
     * Counts one more queue in which this frame waits.
     *
     * @return whether this queue is the only one
     */
    boolean addQueue() {
        return QUEUES.getAndIncrement(this) == 0;
    }

    /**
     * Counts one queue less in which this frame waits.
     *
     * @return whether the frame waits in no queue now
     */
    boolean removeQueue() {
        return QUEUES.decrementAndGet(this) == 0;
    }

    /** The payload as text. */
    public String text() {
        String made = text;
        if (made == null) {
            made = new String(payload, StandardCharsets.UTF_8);
            text = made;
        }
        return made;
    }

    /** Length of the payload in bytes. */
    public int bytes() {
        return payload.length;
    }

    /** Copies the payload into {@code target}, and returns the index behind it. */
    int copyTo(byte[] target, int index) {
        System.arraycopy(payload, 0, target, index, payload.length);
        return index + payload.length;
    }

    /**
     * The payload as one unmasked WebSocket frame with its header (RFC 6455, section 5.2), for a transport that writes
     * to the connection itself. The array is shared, and the caller must not write to it.
     */
    public byte[] webSocketFrame() {
        byte[] made = webSocketFrame;
        if (made == null) {
            made = makeWebSocketFrame();
            // A reply is sent only once. So its WebSocket frame is not kept, which would double the memory of the
            // reply.
            webSocketFrame = kind.isReply() ? null : made;
        }
        return made;
    }

    private byte[] makeWebSocketFrame() {
        int length = payload.length;
        int lengthBytes = length < LENGTH_16_BITS ? 0 : length < 1 << 16 ? 2 : 8;
        byte[] frame = new byte[2 + lengthBytes + length];
        frame[0] = (byte) (isBinary ? BINARY_FIN : TEXT_FIN);
        frame[1] = (byte) (lengthBytes == 0 ? length : lengthBytes == 2 ? LENGTH_16_BITS : LENGTH_64_BITS);
        for (int i = 0; i < lengthBytes; i++) {
            frame[2 + i] = (byte) ((long) length >>> 8 * (lengthBytes - 1 - i));
        }
        copyTo(frame, 2 + lengthBytes);
        return frame;
    }
}
