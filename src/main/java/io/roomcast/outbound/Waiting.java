package io.roomcast.outbound;

import java.util.List;

/** What waits in a queue: a frame, or the place of messages that were forgotten, or of notices that were dropped. */
sealed interface Waiting permits EncodedFrame, Gap, Unheard, Waiting.Joined {

    /** As it is sent. */
    EncodedFrame frame(BehindNotice notice);

    /**
     * Several that go as one.
     *
     * @param bytes that they have together
     */
    record Joined(List<Waiting> parts, int bytes) implements Waiting {
        @Override
        public EncodedFrame frame(BehindNotice notice) {
            return EncodedFrame.joined(
                    parts.stream().map(part -> part.frame(notice)).toList());
        }
    }
}
