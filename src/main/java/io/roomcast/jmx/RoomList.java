package io.roomcast.jmx;

import io.roomcast.service.cluster.ClusterNodes;
import java.util.List;

/**
 * Rooms of all nodes. Consoles read a record of this class as composite data, see {@link DrainProgress}.
 *
 * @param count number of all rooms, also of those that are not listed
 * @param cut whether a node has more rooms than it lists; small rooms are then missing
 * @param rooms the largest room first
 */
public record RoomList(
        int count, boolean cut, List<RoomMembers> rooms, List<String> answered, List<String> silent, boolean complete) {

    static RoomList of(ClusterNodes.Found found, int limit) {
        return new RoomList(
                found.page().rooms().size(),
                found.page().cut(),
                found.page().rooms().stream().limit(limit).map(RoomMembers::of).toList(),
                found.answer().answered(),
                found.answer().silent(),
                found.answer().complete());
    }

    public int getCount() {
        return count;
    }

    public boolean isCut() {
        return cut;
    }

    public List<RoomMembers> getRooms() {
        return rooms;
    }

    public List<String> getAnswered() {
        return answered;
    }

    public List<String> getSilent() {
        return silent;
    }

    public boolean isComplete() {
        return complete;
    }
}
