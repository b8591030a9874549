package io.roomcast.support.workload;

import io.roomcast.protocol.Position;
import io.roomcast.support.workload.HistoryChecker.Places;
import io.roomcast.support.workload.Violation.Kind;
import java.util.List;

/** One receiver in one room, from its first join to the end of the run: what it is owed next, and whether it came. */
final class ReceiverReplay {
    private final String receiver;
    private final String room;
    private final long window;
    private final List<Violation> violations;

    private String epoch;
    private long last;
    private boolean connected;
    /** The position that {@code joined} promised to reach, when it said recovered. */
    private long promised;
    /** It was told of a gap though it was ahead of the room: honest only if that epoch was over by then. */
    private Event.Joined doubtful;

    ReceiverReplay(String receiver, String room, long window, List<Violation> violations) {
        this.receiver = receiver;
        this.room = room;
        this.window = window;
        this.violations = violations;
    }

    void joined(Event.Joined joined) {
        Position position = joined.position();
        Position since = joined.since();
        settleDoubt(position.epoch());
        boolean sameEpoch = since != null && since.epoch().equals(position.epoch());
        if (joined.recovered()) {
            if (!sameEpoch || since.offset() > position.offset()) {
                report(Kind.DISHONEST, "recovered from " + since + " to " + position);
            }
            last = since == null ? position.offset() : since.offset();
        } else {
            // The window moves while the answer travels; what is close to its edge may honestly be gone.
            if (sameEpoch && since.offset() <= position.offset() && position.offset() - since.offset() < window / 2) {
                report(Kind.DISHONEST, "not recovered from " + since + " to " + position + ", well within the window");
            }
            if (sameEpoch && since.offset() > position.offset()) {
                doubtful = joined;
            }
            last = position.offset();
        }
        epoch = position.epoch();
        promised = position.offset();
        connected = true;
    }

    /** Called with the epoch of what the receiver sees next: had the other one been over, this would be a new one. */
    private void settleDoubt(String seen) {
        if (doubtful != null && doubtful.position().epoch().equals(seen)) {
            report(
                    Kind.DISHONEST,
                    "not recovered from " + doubtful.since() + " to " + doubtful.position() + ", nothing was missing");
        }
        doubtful = null;
    }

    void received(Event.Received received, Places places) {
        if (epoch == null) {
            report(Kind.HOLE, "received " + received.offset() + " before it had joined");
            return;
        }
        settleDoubt(epoch);
        if (received.offset() <= last) {
            report(Kind.REPEATED, received.offset() + " after " + last + " in epoch " + epoch);
            return;
        }
        if (received.offset() > last + 1) {
            report(Kind.HOLE, "from " + last + " to " + received.offset() + " in epoch " + epoch);
        }
        last = received.offset();
        places.saw(room, receiver, received.key(), new Position(epoch, last));
    }

    void behind(Event.Behind behind) {
        settleDoubt(behind.position().epoch());
        boolean sameEpoch = behind.position().epoch().equals(epoch);
        if (sameEpoch && behind.from() != last + 1) {
            report(Kind.DISHONEST, "told to be behind from " + behind.from() + " when it had " + last);
        }
        if (sameEpoch && behind.position().offset() - last < window / 2) {
            report(
                    Kind.DISHONEST,
                    "told of a loss from " + last + " to " + behind.position() + ", well within the window");
        }
        epoch = behind.position().epoch();
        last = behind.position().offset();
        promised = last;
    }

    void ended() {
        connected = false;
    }

    /** The run has been quiet for a while: who is connected has everything. */
    void finish(Places places) {
        if (!connected) {
            return;
        }
        settleDoubt(epoch);
        if (last < promised) {
            report(Kind.DISHONEST, "was promised everything up to " + promised + " and got " + last);
        }
        long acked = places.lastAcked(room, epoch);
        if (last < acked) {
            report(Kind.LOST, "has " + last + " of epoch " + epoch + ", " + acked + " was acknowledged");
        }
    }

    private void report(Kind kind, String what) {
        violations.add(new Violation(kind, room, receiver, what));
    }
}
