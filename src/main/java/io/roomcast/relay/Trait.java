package io.roomcast.relay;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Something that a relay does otherwise than {@link Relay} and {@link PresenceStore} say, for an operator who chooses or
 * runs one. {@code docs/relays.md} explains each.
 */
public enum Trait {
    /** A repeated key gets the first position only while the history has that message; else the publish is refused. */
    FIRST_POSITION_WITHIN_HISTORY,
    /** A delivery that the broker loses inside its own cluster is found by a comparison, within a minute. */
    LATE_AFTER_SILENT_LOSS,
    /** What was acknowledged in the last minutes may be lost if all servers of a message lose power at once. */
    LOSES_MINUTES_ON_POWER_FAILURE,
    /** The bytes of a room are limited when it is read: the broker itself keeps more. */
    ROOM_BYTES_WHEN_READ,
    /** All present users of a room are in one message of the broker, whose size it limits. */
    PRESENCE_IN_ONE_MESSAGE,
    /** Every node takes in the messages of all rooms, whether it has members there or not, and keeps their histories. */
    EVERY_ROOM_ON_EVERY_NODE,
    /** A node that starts reads the log of all rooms before it is ready. */
    READS_BEFORE_READY,
    /** Signals are on the disks of the broker for a short time. */
    SIGNALS_STORED_BRIEFLY;

    /** The name in answers and in documents. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names, in the order of this enumeration. */
    public static List<String> words(Collection<Trait> traits) {
        return traits.stream().sorted().map(Trait::word).toList();
    }
}
