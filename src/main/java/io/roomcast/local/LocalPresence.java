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
 * The presence of a single node, in memory. No change can be missed, and no lease is needed: the data end with the
 * process.
 *
 * <p><b>Concurrency.</b> The map's atomic update for a room changes the room and calls the listener. So the listener
 * receives the changes of a room in their order.
 */
public final class LocalPresence implements PresenceStore {

    /**
     * The users of one room, with their sessions. Changed only inside the map's update for the room. Any thread may
     * read the fields of a roster: {@code users}, {@code count}, {@code revision} and {@code origin}.
     */
    private static final class RoomUsers {
        final ConcurrentSkipListMap<UserName, Set<String>> users = new ConcurrentSkipListMap<>();
        /** Number of users; {@link ConcurrentSkipListMap#size} would visit each of them. */
        final AtomicInteger count = new AtomicInteger();

        volatile long revision;
        volatile long origin;
        boolean watched;
        /** Whether the listener has the names of the users. */
        boolean named;
    }

    private final ConcurrentHashMap<RoomName, RoomUsers> rooms = new ConcurrentHashMap<>();
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
            var unused = update(room, present -> {
                List<UserName> all = List.copyOf(present.users.keySet());
                present.users.clear();
                present.count.set(0);
                if (!all.isEmpty()) {
                    reportChange(room, present, List.of(), all);
                }
                return null;
            });
        }
    }

    @Override
    public CompletionStage<Void> watch(RoomName room) {
        return update(room, present -> {
            present.watched = true;
            reportRoster(room, present);
            return null;
        });
    }

    private void reportRoster(RoomName room, RoomUsers present) {
        present.named = present.count.get() <= names;
        listener.present(room, roster(present, present.named ? names : 0));
    }

    @Override
    public void unwatch(RoomName room) {
        var unused = update(room, present -> {
            present.watched = false;
            listener.forgotten(room);
            return null;
        });
    }

    @Override
    public CompletionStage<Change> enter(RoomName room, UserName user, String session) {
        return update(room, present -> {
            if (closed) {
                throw new RelayUnavailableException("the node is stopping");
            }
            Set<String> sessions = present.users.computeIfAbsent(user, u -> new HashSet<>(2));
            boolean isNew = sessions.isEmpty();
            sessions.add(session);
            if (isNew) {
                present.count.incrementAndGet();
                reportChange(room, present, List.of(user), List.of());
            }
            return new Change(isNew, present.count.get(), present.revision);
        });
    }

    @Override
    public CompletionStage<Change> leave(RoomName room, UserName user, String session) {
        return update(room, present -> {
            Set<String> sessions = present.users.get(user);
            boolean isLast = sessions != null && sessions.remove(session) && sessions.isEmpty();
            if (isLast) {
                present.users.remove(user);
                present.count.decrementAndGet();
                reportChange(room, present, List.of(), List.of(user));
            }
            return new Change(isLast, present.count.get(), present.revision);
        });
    }

    private void reportChange(RoomName room, RoomUsers present, List<UserName> joined, List<UserName> left) {
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
                reportRoster(room, present);
            }
        }
    }

    private <T> CompletionStage<T> update(RoomName room, Function<RoomUsers, T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        rooms.compute(room, (name, known) -> {
            RoomUsers present = known == null ? new RoomUsers() : known;
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
        RoomUsers present = rooms.get(room);
        return CompletableFuture.completedFuture(
                present == null ? new Roster(0, List.of(), 0, 0) : roster(present, limit));
    }

    private static Roster roster(RoomUsers present, int limit) {
        List<UserName> users = present.users.keySet().stream().limit(limit).toList();
        return new Roster(present.count.get(), users, present.revision, present.origin);
    }
}
