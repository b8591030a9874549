package io.roomcast.service.cluster;

import java.util.Comparator;

/**
 * A room in a list of rooms.
 *
 * @param members sessions in the room
 */
public record RoomSize(String room, long members) {
    static final Comparator<RoomSize> LARGEST_FIRST =
            Comparator.comparingLong(RoomSize::members).reversed().thenComparing(RoomSize::room);
}
