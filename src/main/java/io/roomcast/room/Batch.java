package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.StoredMessage;

/** Messages on their way into one {@link EncodedFrame}. Belongs to one lane. */
final class Batch {
    /** A batch that has this many characters is sent before it takes more. */
    private static final int FULL = 64 * 1024;
    /** A buffer that grew beyond this is given back. */
    private static final int KEEP = 8 * 1024;

    private StringBuilder text = new StringBuilder();
    private int messages;

    void add(StoredMessage message) {
        if (!isEmpty()) {
            text.append('\n');
        }
        MessageFrames.appendMessage(text, message);
        messages++;
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    boolean isFull() {
        return text.length() >= FULL;
    }

    /** How many messages have been added since the last {@link #take}. */
    int messages() {
        return messages;
    }

    EncodedFrame take() {
        messages = 0;
        EncodedFrame frame = EncodedFrame.of(FrameKind.MESSAGE, text.toString());
        if (text.capacity() > KEEP) {
            text = new StringBuilder();
        }
        text.setLength(0);
        return frame;
    }
}
