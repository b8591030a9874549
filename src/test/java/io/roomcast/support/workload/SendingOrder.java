package io.roomcast.support.workload;

import io.roomcast.protocol.Position;
import io.roomcast.support.workload.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether what a connection published to a room was stored in the order in which it was sent. Messages that were sent
 * again are left out: nobody knows which sending was stored.
 */
final class SendingOrder {
    private final Map<String, List<Event.Sent>> sentByConnection = new LinkedHashMap<>();
    private final Map<String, Integer> sendings = new HashMap<>();
    private final Map<String, Position> acked = new HashMap<>();

    void sent(Event.Sent sent) {
        sentByConnection
                .computeIfAbsent(sent.connection() + " in " + sent.room(), connection -> new ArrayList<>())
                .add(sent);
        sendings.merge(message(sent.room(), sent.key()), 1, Integer::sum);
    }

    void acked(Event.Acked ack) {
        acked.putIfAbsent(message(ack.room(), ack.key()), ack.position());
    }

    private static String message(String room, String key) {
        return key + " in " + room;
    }

    void finish(List<Violation> violations) {
        sentByConnection.values().forEach(sent -> check(sent, violations));
    }

    private void check(List<Event.Sent> sendingsOfOne, List<Violation> violations) {
        // Offsets of different epochs cannot be compared.
        Map<String, Long> last = new HashMap<>();
        for (Event.Sent sent : sendingsOfOne) {
            String message = message(sent.room(), sent.key());
            Position position = acked.get(message);
            if (position == null || sendings.get(message) > 1) {
                continue;
            }
            Long before = last.put(position.epoch(), position.offset());
            if (before != null && before >= position.offset()) {
                violations.add(new Violation(
                        Kind.ORDER,
                        sent.room(),
                        sent.connection(),
                        sent.key() + " is at " + position + ", what was sent before it is at " + before));
            }
        }
    }
}
