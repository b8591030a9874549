package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import java.time.Duration;

/**
 * Limits of the history of a room.
 *
 * @param messages maximum number of messages; 0 stores none
 * @param age maximum age of a message
 * @param bytes maximum total size of the message bodies
 */
public record HistoryLimits(int messages, Duration age, long bytes) {

    /** Which limits each room has. They do not change while the node runs. Any thread; cheap. */
    @FunctionalInterface
    public interface Rule {
        HistoryLimits of(RoomName room);
    }

    /** These limits, with an age that does not exceed {@code retention}; zero is no retention. */
    public HistoryLimits notLongerThan(Duration retention) {
        return retention.isZero() || retention.compareTo(age) >= 0
                ? this
                : new HistoryLimits(messages, retention, bytes);
    }

    /** So many times these limits. */
    public HistoryLimits times(int factor) {
        return new HistoryLimits(
                (int) Math.min((long) messages * factor, Integer.MAX_VALUE),
                age.multipliedBy(factor),
                Math.min(bytes, Long.MAX_VALUE / factor) * factor);
    }

    /** The rule by which every room has these limits. */
    public Rule everywhere() {
        return room -> this;
    }
}
