package io.roomcast.jmx;

import java.util.List;

/**
 * A room on all nodes. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 *
 * @param epoch the epoch of the numbering of the room
 * @param offset the offset of the last message; 0 if there is none
 * @param userCount users in the room
 * @param users names of these users, a thousand at most
 * @param nodes what each node has of the room
 * @param settings what holds in the room on the node that was asked
 */
public record ClusterRoom(
        String name,
        String epoch,
        long offset,
        long userCount,
        List<String> users,
        List<RoomOnNode> nodes,
        List<RoomSetting> settings,
        List<String> answered,
        List<String> silent,
        boolean complete) {

    public String getName() {
        return name;
    }

    public String getEpoch() {
        return epoch;
    }

    public long getOffset() {
        return offset;
    }

    public long getUserCount() {
        return userCount;
    }

    public List<String> getUsers() {
        return users;
    }

    public List<RoomOnNode> getNodes() {
        return nodes;
    }

    public List<RoomSetting> getSettings() {
        return settings;
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
