package io.roomcast.outbound;

import io.roomcast.outbound.EncodedFrame.Fallback;
import io.roomcast.protocol.MessageRange;
import java.util.List;

/** An entry of a {@link Backlog}: a frame, or an entry that replaces dropped frames. Guarded by the queue's monitor. */
sealed interface QueueEntry permits EncodedFrame, QueueEntry.Gap, QueueEntry.DroppedPresence, QueueEntry.Joined {

    /** The frame to send for this entry. */
    EncodedFrame frame(GapFrameFactory gapFrames);

    /**
     * Replaces dropped messages of one room with consecutive offsets. A client that reads nothing causes one such entry
     * for each room, and later batches extend this entry.
     */
    final class Gap implements QueueEntry {
        private final MessageRange first;
        private long last;

        Gap(MessageRange first) {
            this.first = first;
            this.last = first.last();
        }

        /**
         * Extends this gap.
         *
         * @return false if {@code next} does not follow directly on this gap; the gap is unchanged then
         */
        boolean extend(MessageRange next) {
            if (next.first() != last + 1
                    || !next.epoch().equals(first.epoch())
                    || !next.room().equals(first.room())) {
                return false;
            }
            last = next.last();
            return true;
        }

        @Override
        public EncodedFrame frame(GapFrameFactory gapFrames) {
            return gapFrames.of(new MessageRange(first.room(), first.epoch(), first.first(), last));
        }
    }

    /**
     * Replaces dropped presence changes of one room. The frame without names tells the client to request the members
     * again.
     */
    final class DroppedPresence implements QueueEntry {
        private Fallback latest;

        DroppedPresence(Fallback first) {
            latest = first;
        }

        void extend(Fallback next) {
            latest = next;
        }

        @Override
        public EncodedFrame frame(GapFrameFactory gapFrames) {
            return latest.frame().get();
        }
    }

    /**
     * Several entries that are sent as one frame.
     *
     * @param bytes sum of the sizes of the frames, and one byte for each separator; an entry that replaces frames
     *     counts 0
     */
    record Joined(List<QueueEntry> parts, int bytes) implements QueueEntry {
        @Override
        public EncodedFrame frame(GapFrameFactory gapFrames) {
            return EncodedFrame.joined(
                    parts.stream().map(part -> part.frame(gapFrames)).toList());
        }
    }
}
