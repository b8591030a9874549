package io.roomcast.protocol;

/** Consecutive messages of a room, from {@code first} to {@code last}, both included. */
public record MessageRange(RoomName room, String epoch, long first, long last) {

    /** Whether {@code next} goes on where this one ends. */
    public boolean isFollowedBy(MessageRange next) {
        return next.first == last + 1 && next.epoch.equals(epoch) && next.room.equals(room);
    }

    /** This one and {@code next}, which follows it. */
    public MessageRange with(MessageRange next) {
        return new MessageRange(room, epoch, first, next.last);
    }

    public long count() {
        return last - first + 1;
    }
}
