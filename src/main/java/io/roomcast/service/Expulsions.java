package io.roomcast.service;

import io.roomcast.config.PollKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.RunningTime;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What administrators and moderators have done lately to users whose clients ask over HTTP. Such a client may be between
 * two requests at that time, and may send the next one to any node. So each node keeps the expulsion for as long as a
 * lease lasts, and tells each client at its next request, unless another node has told it.
 *
 * <p>A client is concerned if it was there before: it shows the ticket of its session, or a position in the room.
 *
 * <p><b>Concurrency.</b> Any thread; no method blocks. Two requests of one session may both be told.
 */
@ApplicationScoped
public class Expulsions {
    /** How long a question to all nodes may be on its way. */
    private static final long TRANSIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Most expulsions that are kept. Beyond, clients between two requests are not told. */
    private static final int MOST = 100_000;

    /**
     * Who has to go.
     *
     * @param room null for all of the client's rooms
     * @param user null for every user, or if a session is named
     * @param session null for every session
     */
    private record Target(RoomName room, UserId user, String session) {}

    /** @param room null for the whole session */
    private record Told(String session, RoomName room) {}

    /** When it was, in nanoseconds of {@link RunningTime}. */
    private final ConcurrentHashMap<Target, Long> targets = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<Told, Long> told = new ConcurrentHashMap<>();
    private RunningTime time;
    private long keptNanos;

    /** For the container's proxy. */
    protected Expulsions() {}

    @Inject
    public Expulsions(RunningTime time, RoomcastConfig config) {
        this.time = time;
        this.keptNanos = config.get(PollKeys.LEASE).toNanos() + TRANSIT_NANOS;
    }

    /** All sessions of the user were disconnected. */
    void disconnected(UserId user) {
        keep(new Target(null, user, null));
    }

    /** A session was disconnected. */
    void disconnected(String session) {
        keep(new Target(null, null, session));
    }

    /** @param user null for all members of the room */
    void removed(RoomName room, UserId user) {
        keep(new Target(room, user, null));
    }

    private void keep(Target target) {
        if (targets.size() < MOST) {
            targets.put(target, time.getAsLong());
        }
    }

    /** Whether a client with the ticket of this session has to be told that it was disconnected. */
    boolean isDisconnected(String session, UserId user) {
        return !targets.isEmpty()
                && isUntold(new Told(session, null), new Target(null, user, null), new Target(null, null, session));
    }

    /** Whether a client that has a position in the room has to be told that it was taken out of it. */
    boolean isRemoved(String session, UserId user, RoomName room) {
        return !targets.isEmpty()
                && isUntold(new Told(session, room), new Target(room, user, null), new Target(room, null, null));
    }

    private boolean isUntold(Told which, Target... by) {
        Long last = null;
        for (Target target : by) {
            Long at = targets.get(target);
            last = last == null || at != null && at > last ? at : last;
        }
        Long known = told.get(which);
        return last != null && (known == null || known < last);
    }

    /**
     * A client has been told, or has asked for the same itself.
     *
     * @param room null if it has been told that it was disconnected
     * @param ageMs how long ago, in milliseconds
     */
    void told(String session, RoomName room, long ageMs) {
        // A notice may come before the question that makes it matter, but not if nothing has happened at all.
        if (!targets.isEmpty()) {
            told.put(new Told(session, room), time.getAsLong() - TimeUnit.MILLISECONDS.toNanos(ageMs));
        }
    }

    /** Forgets what is over. To be called about once a second. */
    void tick() {
        long now = time.getAsLong();
        targets.values().removeIf(at -> now - at > keptNanos);
        told.values().removeIf(at -> now - at > keptNanos);
    }
}
