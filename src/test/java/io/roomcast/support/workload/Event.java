package io.roomcast.support.workload;

import io.roomcast.protocol.Position;
import java.util.List;

/**
 * What a client did or saw. {@code at} is in nanoseconds of one clock; events of one receiver in one room are recorded
 * in the order in which it saw them.
 */
public sealed interface Event {
    long at();

    String room();

    /** A publisher sent, or sent again, the message of this key. {@code connection} names one connection of the run. */
    record Sent(long at, String room, String connection, String key) implements Event {}

    record Acked(long at, String room, String key, Position position) implements Event {}

    /** @param since what the receiver asked for, or null */
    record Joined(long at, String room, String receiver, Position since, Position position, boolean recovered)
            implements Event {}

    record Received(long at, String room, String receiver, long offset, String key) implements Event {}

    /** The receiver was told that messages from {@code from} to {@code position} are not delivered. */
    record Behind(long at, String room, String receiver, long from, Position position) implements Event {}

    /** The receiver asked who is in the room: this is the answer. */
    record Listed(long at, String room, String receiver, List<String> users) implements Event {}

    /** The receiver was told who came and who left; in large rooms nobody is named. */
    record Told(long at, String room, String receiver, List<String> joined, List<String> left, long count)
            implements Event {}

    /**
     * A node stood still so long that others took it for dead: whoever is on it may be told to have left, in any room.
     */
    record StoodStill(long at) implements Event {
        @Override
        public String room() {
            return "";
        }
    }

    /** The receiver's connection ended. */
    record Ended(long at, String room, String receiver) implements Event {}
}
