package io.roomcast.jmx;

/**
 * One room in a list. Consoles read it as composite data, see {@link DrainProgress}.
 *
 * @param members members of the room on this node
 * @param deliveredPerSecond messages handed to members a second, each counted for each member
 */
public record RoomFigures(String name, int members, double deliveredPerSecond) {

    public String getName() {
        return name;
    }

    public int getMembers() {
        return members;
    }

    public double getDeliveredPerSecond() {
        return deliveredPerSecond;
    }
}
