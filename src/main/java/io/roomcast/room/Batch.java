package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.MessageRange;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.util.Arrays;

/**
 * Collects messages for one {@link EncodedFrame}. Copies the bytes of the messages, and parses or encodes nothing.
 * Confined to a lane.
 */
final class Batch {
    /** A batch of this many bytes is sent before further messages are added. */
    private static final int FULL_BYTES = 64 * 1024;

    private static final int MIN_BUFFER_BYTES = 512;
    /** A buffer that is larger than this many bytes is released after use. */
    private static final int MAX_KEPT_BUFFER_BYTES = 8 * 1024;

    private byte[] buffer = new byte[0];
    private int length;
    private int messages;
    private long lastOffset;

    void add(StoredMessage message) {
        byte[] start = MessageFrames.messageStart(message);
        byte[] body = message.body();
        ensureCapacity(1 + start.length + body.length);
        if (length > 0) {
            buffer[length++] = '\n';
        }
        append(start, 0);
        append(body, 1); // Skips the opening brace of the body, because the start has a brace.
        messages++;
        lastOffset = message.offset();
    }

    boolean isEmpty() {
        return length == 0;
    }

    boolean isFull() {
        return length >= FULL_BYTES;
    }

    /** Messages added since the last {@link #take}. */
    int messages() {
        return messages;
    }

    /** Makes a frame of the messages, which have consecutive offsets, and empties the batch. */
    EncodedFrame take(RoomName room, String epoch) {
        MessageRange range = new MessageRange(room, epoch, lastOffset - messages + 1, lastOffset);
        messages = 0;
        EncodedFrame frame = EncodedFrame.of(range, Arrays.copyOf(buffer, length));
        length = 0;
        if (buffer.length > MAX_KEPT_BUFFER_BYTES) {
            buffer = new byte[0];
        }
        return frame;
    }

    private void append(byte[] bytes, int from) {
        System.arraycopy(bytes, from, buffer, length, bytes.length - from);
        length += bytes.length - from;
    }

    private void ensureCapacity(int more) {
        if (length + more > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(MIN_BUFFER_BYTES, Math.max(length + more, buffer.length * 2)));
        }
    }
}
