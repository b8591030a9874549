package io.roomcast.support.workload;

import io.roomcast.support.workload.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Proves promise 8 on a recorded history: each coming and going is told once, in its order, and the list that a member
 * keeps is the truth when all is quiet. Nobody is told that somebody left who had been there for long, whatever broke
 * meanwhile.
 */
final class PresenceChecker {
    /** Who has been in a room for so long cannot be leaving it by what happened before. */
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Map<String, Set<String>> present;
    private final Map<String, PresenceReplay> replays = new TreeMap<>();
    /** Since when each receiver is where it is. */
    private final Map<String, Long> since = new HashMap<>();

    private final List<Violation> violations = new ArrayList<>();

    /** @param present who is in each room at the end */
    PresenceChecker(Map<String, Set<String>> present) {
        this.present = present;
    }

    /** @param events in the order in which each client recorded its own */
    List<Violation> check(List<Event> events) {
        for (Event event : events) {
            if (event instanceof Event.Joined joined) {
                replay(joined.receiver(), event).joined();
                since.putIfAbsent(place(joined.receiver(), event), event.at());
            } else if (event instanceof Event.Listed listed) {
                replay(listed.receiver(), event).listed(listed);
            } else if (event instanceof Event.Told told) {
                replay(told.receiver(), event).told(told);
                told.left().forEach(user -> checkGone(user, told));
            } else if (event instanceof Event.StoodStill) {
                since.replaceAll((place, at) -> event.at());
            } else if (event instanceof Event.Ended ended) {
                replay(ended.receiver(), event).ended();
                since.remove(place(ended.receiver(), event));
            }
        }
        present.forEach((room, users) -> replays.forEach((place, replay) -> {
            if (place.endsWith(" in " + room)) {
                replay.finish(users);
            }
        }));
        return violations;
    }

    private void checkGone(String user, Event.Told told) {
        Long came = since.get(place(user, told));
        if (came != null && told.at() - came > LONG_NANOS) {
            violations.add(new Violation(
                    Kind.UNTRUE, told.room(), told.receiver(), "is told that " + user + " left, who has been there"));
        }
    }

    private PresenceReplay replay(String receiver, Event event) {
        return replays.computeIfAbsent(
                place(receiver, event), key -> new PresenceReplay(receiver, event.room(), violations));
    }

    private static String place(String user, Event event) {
        return user + " in " + event.room();
    }
}
