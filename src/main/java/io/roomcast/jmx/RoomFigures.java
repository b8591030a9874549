package io.roomcast.jmx;

/**
 * The figures of one room in a list of rooms. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 *
 * @param members members of the room on this node
 * @param deliveredPerSecond messages handed to members per second; a message to ten members counts ten times
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
