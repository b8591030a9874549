package io.roomcast.protocol;

/** The name of a room. Every instance is valid. */
public record RoomName(String value) implements Comparable<RoomName> {

    /** @throws ProtocolException {@code bad_request} or {@code too_large} if the name breaks the rule for names */
    public RoomName {
        Names.checked("room", value);
    }

    @Override
    public int compareTo(RoomName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
