package io.roomcast.support.workload;

import io.roomcast.support.workload.Violation.Kind;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The list of who is in a room, as one receiver keeps it by the rules of the protocol: an answer to {@code members},
 * and each change after it.
 */
final class PresenceReplay {
    private final String receiver;
    private final String room;
    private final List<Violation> violations;
    private boolean connected;
    /** Null while it is not known. */
    private Set<String> list;

    PresenceReplay(String receiver, String room, List<Violation> violations) {
        this.receiver = receiver;
        this.room = room;
        this.violations = violations;
    }

    void joined() {
        connected = true;
        list = null;
    }

    void listed(Event.Listed listed) {
        Set<String> users = new TreeSet<>(listed.users());
        if (list != null && !list.equals(users)) {
            report(Kind.UNTRUE, "is answered " + users + " where what it was told makes " + list);
        }
        list = users;
    }

    void told(Event.Told told) {
        if (told.joined().isEmpty() && told.left().isEmpty()) {
            list = null; // Names were left out.
        }
        if (list == null) {
            return;
        }
        for (String user : told.joined()) {
            if (!list.add(user)) {
                report(Kind.UNTRUE, "is told that " + user + " came, who was there");
            }
        }
        for (String user : told.left()) {
            if (!list.remove(user)) {
                report(Kind.UNTRUE, "is told that " + user + " left, who was not there");
            }
        }
        if (told.count() != list.size()) {
            report(Kind.UNTRUE, "is told that there are " + told.count() + " where there are " + list);
        }
    }

    void ended() {
        connected = false;
        list = null;
    }

    /** The run has been quiet for a while: who is connected knows who is there. */
    void finish(Set<String> present) {
        if (connected && !present.equals(list)) {
            report(Kind.WRONG_LIST, "has " + list + " where there are " + new TreeSet<>(present));
        }
    }

    private void report(Kind kind, String what) {
        violations.add(new Violation(kind, room, receiver, what));
    }
}
