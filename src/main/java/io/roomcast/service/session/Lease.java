package io.roomcast.service.session;

import io.roomcast.protocol.RoomName;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * What this node keeps of a client that asks over HTTP, from one of its requests to the next: its quota, and the rooms
 * in which its user is present here. If no request comes in time, the lease ends, and the user leaves these rooms.
 *
 * <p><b>Concurrency.</b> Any thread. Requests of one session may overlap. So a join of an earlier request may be
 * complete when a later request has left the room already; {@link #wants} tells then.
 */
public final class Lease {
    private final Quota quota = new Quota();
    private final AtomicInteger unreadAnswers = new AtomicInteger();
    /** The rooms in which the user may be present on this node, because of this session. */
    private final Set<RoomName> presentIn = ConcurrentHashMap.newKeySet();
    /** The rooms in which the last poll wants its user to be present. */
    private volatile Set<RoomName> wanted = Set.of();

    private volatile long polledAt;

    Quota quota() {
        return quota;
    }

    /** The number of answers to frames of the client that the client has not read. */
    public AtomicInteger unreadAnswers() {
        return unreadAnswers;
    }

    /** To be called before the user enters the presence of a room. */
    public void enter(RoomName room) {
        presentIn.add(room);
    }

    /** To be called before the user leaves the presence of a room. */
    public void leave(RoomName room) {
        presentIn.remove(room);
    }

    /** The rooms in which the user may be present on this node, because of this session. */
    public List<RoomName> presentIn() {
        return List.copyOf(presentIn);
    }

    /** Whether the user stays in the presence of the room when a request ends. */
    public boolean wants(RoomName room) {
        return wanted.contains(room);
    }

    /** A request of the client that waits for messages begins, at this time in nanoseconds. */
    public void setPolledAt(long nanos) {
        polledAt = nanos;
    }

    /** When the last request of the client that waits for messages began, in nanoseconds. */
    public long polledAt() {
        return polledAt;
    }

    /** The user no longer stays present in the room. */
    public synchronized void unwant(RoomName room) {
        wanted = wanted.stream().filter(each -> !each.equals(room)).collect(Collectors.toUnmodifiableSet());
    }

    /** Sets the rooms in which the user stays present when a request ends. */
    public synchronized void setWanted(Collection<RoomName> rooms) {
        wanted = Set.copyOf(rooms);
    }
}
