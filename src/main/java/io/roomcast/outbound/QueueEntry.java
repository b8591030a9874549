package io.roomcast.outbound;

import java.util.List;

/** What waits in a queue: a frame, or the place of messages that were forgotten, or of notices that were dropped. */
sealed interface QueueEntry permits EncodedFrame, Gap, Unheard, QueueEntry.Joined {

    /** As it is sent. */
    EncodedFrame frame(GapFrameFactory notice);

    /**
     * Several that go as one.
     *
     * @param bytes that they have together
     */
    record Joined(List<QueueEntry> parts, int bytes) implements QueueEntry {
        @Override
        public EncodedFrame frame(GapFrameFactory notice) {
            return EncodedFrame.joined(
                    parts.stream().map(part -> part.frame(notice)).toList());
        }
    }
}
