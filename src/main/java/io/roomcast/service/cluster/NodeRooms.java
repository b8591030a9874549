package io.roomcast.service.cluster;

import io.roomcast.protocol.RoomName;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Lists the rooms of this node. Any thread; takes time for each room of the node, and blocks for nothing. */
@ApplicationScoped
public class NodeRooms {
    /** Most rooms of a list. */
    public static final int MAX_ROOMS = 10_000;

    /**
     * Most characters of names in a list. Rooms beyond are left out, so that the answer of a node stays within what
     * nodes may send each other.
     */
    private static final int MAX_NAME_CHARS = 400 * 1024;

    private RoomRegistry rooms;

    /** For the container's proxy. */
    protected NodeRooms() {}

    @Inject
    public NodeRooms(RoomRegistry rooms) {
        this.rooms = rooms;
    }

    /**
     * The rooms with members on this node.
     *
     * @param prefix lists only rooms whose names begin with it; null or empty for all
     */
    public RoomPage list(String prefix, Predicate<RoomName> isWanted) {
        String start = prefix == null ? "" : prefix;
        List<RoomSize> all = rooms.all().stream()
                .filter(room -> room.size() > 0 && room.name().value().startsWith(start) && isWanted.test(room.name()))
                .map(NodeRooms::size)
                .sorted(RoomSize.LARGEST_FIRST)
                .toList();
        List<RoomSize> largest = new ArrayList<>();
        int chars = 0;
        for (RoomSize room : all) {
            chars += room.room().length();
            if (largest.size() == MAX_ROOMS || chars > MAX_NAME_CHARS) {
                return new RoomPage(largest, true);
            }
            largest.add(room);
        }
        return new RoomPage(largest, false);
    }

    private static RoomSize size(Room room) {
        return new RoomSize(room.name().value(), room.size());
    }
}
