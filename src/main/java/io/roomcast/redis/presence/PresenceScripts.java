package io.roomcast.redis.presence;

import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.Script;
import java.time.Duration;
import java.util.List;

/** The scripts on the users in a room, and the script on leases. Immutable. */
public final class PresenceScripts {
    /** How long an evicted lease stays fenced. No command of its node can be delayed for so long. */
    private static final Duration FENCE = Duration.ofMinutes(10);
    /** How long an empty room keeps its fences. */
    private static final Duration EMPTY = Duration.ofMinutes(1);

    /** A comparison also counts the users of rooms with at most this many entries. */
    private static final int COUNTED = 100;

    final Script enter;
    final Script leave;
    final Script evict;
    final Script compare;
    final Script reconcile;
    final Script roster;
    final Script renew = Script.of("", "renew.lua");

    public PresenceScripts(boolean sharded) {
        String constants = "local PUBLISH, ENVELOPE = '" + (sharded ? "SPUBLISH" : "PUBLISH") + "', '"
                + Envelope.VERSION + Envelope.Presence.KIND + "'\n"
                + "local FENCE_MS, EMPTY_MS = " + FENCE.toMillis() + ", " + EMPTY.toMillis() + "\n"
                + "local COUNTED = " + COUNTED + "\n";
        enter = onRoom(constants, "enter.lua");
        leave = onRoom(constants, "leave.lua");
        evict = onRoom(constants, "evict.lua");
        compare = onRoom(constants, "compare.lua");
        reconcile = onRoom(constants, "reconcile.lua");
        roster = onRoom(constants, "roster.lua");
    }

    private static Script onRoom(String constants, String file) {
        return Script.of(constants, "presence.lua", file);
    }

    public List<Script> all() {
        return List.of(enter, leave, evict, compare, reconcile, roster, renew);
    }
}
