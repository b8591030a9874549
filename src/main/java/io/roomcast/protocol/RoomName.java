package io.roomcast.protocol;

/** A room's name, valid by construction. */
public record RoomName(String value) implements Comparable<RoomName> {

    /** @throws ProtocolException {@code bad_request} or {@code too_large}, when the name breaks the rule for names */
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
