package io.roomcast.jmx;

import io.roomcast.service.cluster.RoomSize;

/**
 * A room in a list of the rooms of all nodes. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 *
 * @param members sessions in the room, on all nodes that answered
 */
public record RoomMembers(String name, long members) {

    static RoomMembers of(RoomSize room) {
        return new RoomMembers(room.room(), room.members());
    }

    public String getName() {
        return name;
    }

    public long getMembers() {
        return members;
    }
}
