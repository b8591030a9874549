package io.roomcast.jmx;

import java.util.List;

/**
 * The current state of a room. Consoles read a record of this class as composite data, see {@link DrainProgress}.
 *
 * @param membersHere sessions in the room on this node
 * @param userCount users in the room, on all nodes
 * @param users names of these users, a thousand at most
 * @param epoch the epoch of the numbering of the room
 * @param offset the offset of the last message; 0 if there is none
 * @param eventsWaiting events that wait in the lane of the room on this node
 * @param settings what holds in the room on this node
 * @param messages the last messages, the oldest first
 */
public record RoomView(
        String name,
        int membersHere,
        long userCount,
        List<String> users,
        String epoch,
        long offset,
        int eventsWaiting,
        List<RoomSetting> settings,
        List<RoomMessage> messages) {

    public String getName() {
        return name;
    }

    public int getMembersHere() {
        return membersHere;
    }

    public long getUserCount() {
        return userCount;
    }

    public List<String> getUsers() {
        return users;
    }

    public String getEpoch() {
        return epoch;
    }

    public long getOffset() {
        return offset;
    }

    public int getEventsWaiting() {
        return eventsWaiting;
    }

    public List<RoomSetting> getSettings() {
        return settings;
    }

    public List<RoomMessage> getMessages() {
        return messages;
    }
}
