package io.roomcast.load;

/**
 * How far a member has got in its room: an epoch, and what it was sent in it. It follows when a new epoch begins. Used
 * by one thread at a time, which may change.
 */
final class Position {
    private final RoomCheck room;
    private final OrderCheck order = new OrderCheck();
    private volatile EpochCheck epoch;
    private long at;

    Position(RoomCheck room) {
        this.room = room;
    }

    /** Whether the member has ever been in its room. */
    boolean isKnown() {
        return epoch != null;
    }

    EpochCheck epoch() {
        return epoch;
    }

    /** @param sentAt when the node got it, as it says; 0 where it does not say */
    OrderCheck.Verdict take(long offset, long sentAt) {
        if (offset > order.last()) {
            at = sentAt;
        }
        return order.take(offset);
    }

    /** What a {@code join} says of it. */
    String since() {
        return !isKnown()
                ? ""
                : ",\"since\":{\"epoch\":\"" + epoch.id() + "\",\"offset\":" + order.last()
                        + (at > 0 ? ",\"at\":" + at : "") + "}";
    }

    /** Everything behind the position follows: nothing is missing. */
    void recovered(String id) {
        epoch = room.epoch(id);
    }

    /**
     * The member is told that deliveries go on behind this offset, whatever was before.
     *
     * @return how many messages it did not get and was told of by this, as far as the tester knows
     */
    long jumpTo(String id, long offset, long sentAt) {
        EpochCheck before = epoch;
        EpochCheck after = room.epoch(id);
        long gap = 0;
        if (before == after) {
            gap = order.missing(offset);
        } else if (before != null) {
            gap = order.missing(before.acknowledged()) + room.acknowledgedBetween(before, after) + offset;
        }
        order.startAt(offset);
        at = sentAt;
        epoch = after;
        return gap;
    }

    /** Messages that were acknowledged and are not here, and that nobody told it of. */
    long missing() {
        EpochCheck own = epoch;
        return own == null ? 0 : order.missing(own.acknowledged()) + room.acknowledgedBetween(own, null);
    }
}
