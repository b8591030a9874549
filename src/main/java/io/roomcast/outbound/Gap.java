package io.roomcast.outbound;

import io.roomcast.protocol.MessageRange;

/** Stands where messages of one room waited that were forgotten. Guarded by its queue's monitor as long as it waits. */
final class Gap implements Waiting {
    private MessageRange forgotten;

    Gap(MessageRange first) {
        forgotten = first;
    }

    /** @return false when {@code next} does not go on where this gap ends */
    boolean takeIn(MessageRange next) {
        if (!forgotten.isFollowedBy(next)) {
            return false;
        }
        forgotten = forgotten.with(next);
        return true;
    }

    @Override
    public EncodedFrame frame(BehindNotice notice) {
        return notice.of(forgotten);
    }
}
