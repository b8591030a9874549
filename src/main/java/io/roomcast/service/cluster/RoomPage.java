package io.roomcast.service.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A list of rooms with members, the largest first.
 *
 * @param cut whether a node has more rooms than it lists. Small rooms are then missing, or have too few members
 */
public record RoomPage(List<RoomSize> rooms, boolean cut) {

    /** The list of several nodes, from the lists of each. A room has the members of all nodes. */
    static RoomPage merged(Stream<RoomPage> pages) {
        Map<String, Long> members = new HashMap<>();
        boolean cut = false;
        for (RoomPage page : pages.toList()) {
            page.rooms().forEach(room -> members.merge(room.room(), room.members(), Long::sum));
            cut |= page.cut();
        }
        return new RoomPage(
                members.entrySet().stream()
                        .map(entry -> new RoomSize(entry.getKey(), entry.getValue()))
                        .sorted(RoomSize.LARGEST_FIRST)
                        .toList(),
                cut);
    }
}
