package io.roomcast.jmx;

import java.util.List;

/**
 * A look into a room; composite data, see {@link DrainProgress}.
 *
 * @param membersHere sessions in it on this node
 * @param userCount users in it, on any node
 * @param users their names, a thousand at most
 * @param epoch of its numbering
 * @param offset of its last message; 0 for none
 * @param eventsWaiting what the room has yet to take on this node
 */
public record RoomView(
        String name,
        int membersHere,
        long userCount,
        List<String> users,
        String epoch,
        long offset,
        int eventsWaiting,
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

    public List<RoomMessage> getMessages() {
        return messages;
    }
}
