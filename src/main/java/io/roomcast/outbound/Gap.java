package io.roomcast.outbound;

import io.roomcast.protocol.MessageRange;

/**
 * Stands where messages of one room waited that were forgotten. Guarded by its queue's monitor as long as it waits. A client that reads nothing meets each
 * batch of a room with one, so that nothing is made for it.
 */
final class Gap implements QueueEntry {
    private final MessageRange first;
    private long last;

    Gap(MessageRange first) {
        this.first = first;
        this.last = first.last();
    }

    /** @return false when {@code next} does not go on where this gap ends */
    boolean takeIn(MessageRange next) {
        if (next.first() != last + 1
                || !next.epoch().equals(first.epoch())
                || !next.room().equals(first.room())) {
            return false;
        }
        last = next.last();
        return true;
    }

    @Override
    public EncodedFrame frame(GapFrameFactory notice) {
        return notice.of(new MessageRange(first.room(), first.epoch(), first.first(), last));
    }
}
