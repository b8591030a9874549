package io.roomcast.support.workload;

import io.roomcast.protocol.Position;
import io.roomcast.support.workload.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Proves promises 1 to 4 on a recorded history: acknowledged means kept, one order per room, once, honest recovery.
 *
 * <p>Each receiver is replayed in each of its rooms by a {@link ReceiverReplay}, which knows the next offset that the
 * receiver is owed. What all of them saw, and what was acknowledged, must then agree place by place, and {@link
 * SendingOrder} knows in which order it was sent. The run must have been quiet at its end: whoever is still connected
 * has to have everything that was acknowledged.
 */
public final class HistoryChecker {
    private final long window;

    /** @param window messages that the server keeps of each room */
    public HistoryChecker(long window) {
        this.window = window;
    }

    /** @param events in the order in which each client recorded its own */
    public List<Violation> check(List<Event> events) {
        List<Violation> violations = new ArrayList<>();
        Map<String, ReceiverReplay> replays = new TreeMap<>();
        Places places = new Places(violations);
        SendingOrder sendings = new SendingOrder();
        for (Event event : events) {
            if (event instanceof Event.Sent sent) {
                sendings.sent(sent);
            } else if (event instanceof Event.Acked ack) {
                places.acked(ack);
                sendings.acked(ack);
            } else if (event instanceof Event.Joined joined) {
                replay(replays, joined.receiver(), event, violations).joined(joined);
            } else if (event instanceof Event.Received received) {
                replay(replays, received.receiver(), event, violations).received(received, places);
            } else if (event instanceof Event.Behind behind) {
                replay(replays, behind.receiver(), event, violations).behind(behind);
            } else if (event instanceof Event.Ended ended) {
                replay(replays, ended.receiver(), event, violations).ended();
            }
        }
        replays.values().forEach(replay -> replay.finish(places));
        sendings.finish(violations);
        return violations;
    }

    private ReceiverReplay replay(
            Map<String, ReceiverReplay> replays, String receiver, Event event, List<Violation> violations) {
        return replays.computeIfAbsent(
                receiver + " in " + event.room(),
                key -> new ReceiverReplay(receiver, event.room(), window, violations));
    }

    /** What is at each place of each room, as far as anybody was told. */
    static final class Places {
        private final Map<String, Map<Position, String>> keys = new HashMap<>();
        private final Map<String, Map<String, Position>> positions = new HashMap<>();
        private final Map<String, Map<String, Long>> lastAcked = new HashMap<>();
        private final List<Violation> violations;

        Places(List<Violation> violations) {
            this.violations = violations;
        }

        void acked(Event.Acked ack) {
            saw(ack.room(), "ack", ack.key(), ack.position());
            lastAcked
                    .computeIfAbsent(ack.room(), room -> new HashMap<>())
                    .merge(ack.position().epoch(), ack.position().offset(), Math::max);
        }

        void saw(String room, String who, String key, Position position) {
            String known = keys.computeIfAbsent(room, r -> new HashMap<>()).putIfAbsent(position, key);
            if (known != null && !known.equals(key)) {
                violations.add(new Violation(Kind.ORDER, room, who, position + " is " + key + " and " + known));
            }
            // With a new epoch the memory of keys may be gone: a repetition may then be stored a second time.
            Position first = positions
                    .computeIfAbsent(room, r -> new HashMap<>())
                    .putIfAbsent(key + " in " + position.epoch(), position);
            if (first != null && !first.equals(position)) {
                violations.add(new Violation(Kind.TWICE, room, who, key + " is at " + first + " and " + position));
            }
        }

        long lastAcked(String room, String epoch) {
            return lastAcked.getOrDefault(room, Map.of()).getOrDefault(epoch, 0L);
        }
    }
}
