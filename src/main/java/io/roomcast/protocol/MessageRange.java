package io.roomcast.protocol;

/** Consecutive messages of a room, from {@code first} to {@code last}, both included. */
public record MessageRange(RoomName room, String epoch, long first, long last) {

    public long count() {
        return last - first + 1;
    }
}
