package io.roomcast.local;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.PresenceListener;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.RelayUnavailableException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Presence of a single node, in memory: nothing can be missed, and the only lease is the node's own life.
 *
 * <p><b>Concurrency.</b> Rooms are changed, and the listener is told, inside the map's atomic update for their name: so what is told has the order of what happened.
 */
public final class LocalPresence implements PresenceStore {

    /** Changed only inside the map's update for the room; {@code users} and {@code count} are read at any time. */
    private static final class Present {
        final ConcurrentSkipListMap<UserName, Set<String>> users = new ConcurrentSkipListMap<>();
        /** Of users: their map would have to walk through all of them to tell. */
        final AtomicInteger count = new AtomicInteger();

        volatile long revision;
        volatile long origin;
        boolean watched;
        /** Whether the listener knows the names. */
        boolean named;
    }

    private final ConcurrentHashMap<RoomName, Present> rooms = new ConcurrentHashMap<>();
    private final AtomicLong revisions = new AtomicLong();
    private PresenceListener listener;
    private int names;
    private volatile boolean closed;

    @Override
    public void start(PresenceListener receiver, int largestByName) {
        listener = receiver;
        names = largestByName;
    }

    @Override
    public void close() {
        closed = true;
        for (RoomName room : rooms.keySet()) {
            var unused = on(room, present -> {
                List<UserName> all = List.copyOf(present.users.keySet());
                present.users.clear();
                present.count.set(0);
                if (!all.isEmpty()) {
                    tell(room, present, List.of(), all);
                }
                return null;
            });
        }
    }

    @Override
    public CompletionStage<Void> watch(RoomName room) {
        return on(room, present -> {
            present.watched = true;
            present(room, present);
            return null;
        });
    }

    private void present(RoomName room, Present present) {
        present.named = present.count.get() <= names;
        listener.present(room, roster(present, present.named ? names : 0));
    }

    @Override
    public void unwatch(RoomName room) {
        var unused = on(room, present -> {
            present.watched = false;
            listener.forgotten(room);
            return null;
        });
    }

    @Override
    public CompletionStage<Change> enter(RoomName room, UserName user, String session) {
        return on(room, present -> {
            if (closed) {
                throw new RelayUnavailableException("the node is stopping");
            }
            Set<String> sessions = present.users.computeIfAbsent(user, u -> new HashSet<>(2));
            boolean came = sessions.isEmpty();
            sessions.add(session);
            if (came) {
                present.count.incrementAndGet();
                tell(room, present, List.of(user), List.of());
            }
            return new Change(came, present.count.get(), present.revision);
        });
    }

    @Override
    public CompletionStage<Change> leave(RoomName room, UserName user, String session) {
        return on(room, present -> {
            Set<String> sessions = present.users.get(user);
            boolean went = sessions != null && sessions.remove(session) && sessions.isEmpty();
            if (went) {
                present.users.remove(user);
                present.count.decrementAndGet();
                tell(room, present, List.of(), List.of(user));
            }
            return new Change(went, present.count.get(), present.revision);
        });
    }

    private void tell(RoomName room, Present present, List<UserName> joined, List<UserName> left) {
        long previous = present.revision;
        int count = present.count.get();
        present.revision = revisions.incrementAndGet();
        present.origin = present.origin == 0 ? present.revision : present.origin;
        if (!present.watched) {
            return;
        }
        boolean unnamed = !present.named || count > names;
        listener.changed(
                room,
                new PresenceChange(
                        previous, present.revision, count, unnamed ? List.of() : joined, unnamed ? List.of() : left));
        if (unnamed) {
            present.named = false;
            if (count <= names) {
                present(room, present);
            }
        }
    }

    private <T> CompletionStage<T> on(RoomName room, Function<Present, T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        rooms.compute(room, (name, known) -> {
            Present present = known == null ? new Present() : known;
            try {
                result.complete(action.apply(present));
            } catch (RelayUnavailableException e) {
                result.completeExceptionally(e);
            }
            return present.users.isEmpty() && !present.watched ? null : present;
        });
        return result;
    }

    @Override
    public CompletionStage<Roster> roster(RoomName room, int limit) {
        Present present = rooms.get(room);
        return CompletableFuture.completedFuture(
                present == null ? new Roster(0, List.of(), 0, 0) : roster(present, limit));
    }

    private static Roster roster(Present present, int limit) {
        List<UserName> users = present.users.keySet().stream().limit(limit).toList();
        return new Roster(present.count.get(), users, present.revision, present.origin);
    }
}
