package io.roomcast.local;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
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
 * The presence of a single node, in memory. No change can be missed. No lease is needed, since the data end with the
 * process.
 *
 * <p><b>Concurrency.</b> The map's atomic update for a room changes the room and calls the listener. So the listener
 * receives the changes of a room in their order.
 */
public final class LocalPresence implements PresenceStore {

    /** A user in a room. Changed only inside the map's update for the room. Any thread may read {@code user}. */
    private static final class Present {
        final Set<String> sessions = new HashSet<>(2);
        volatile User user;

        Present(User user) {
            this.user = user;
        }
    }

    /**
     * The users of one room, with their sessions. Changed only inside the map's update for the room. Any thread may
     * read the fields of a roster: {@code users}, {@code count}, {@code revision} and {@code origin}.
     */
    private static final class RoomUsers {
        final ConcurrentSkipListMap<UserId, Present> users = new ConcurrentSkipListMap<>();
        /** Number of users; {@link ConcurrentSkipListMap#size} would visit each of them. */
        final AtomicInteger count = new AtomicInteger();

        volatile long revision;
        volatile long origin;
        /** Whether the listener receives the changes of the room. */
        boolean watched;
        /** Whether the listener has the names of the users. */
        boolean listenerHasNames;
    }

    private final ConcurrentHashMap<RoomName, RoomUsers> rooms = new ConcurrentHashMap<>();
    private final AtomicLong revisions;
    private PresenceListener listener;
    private int maxNames;
    private volatile boolean closed;

    /** For tests: the first revision is 1. */
    public LocalPresence() {
        this(0);
    }

    /**
     * @param revision greater than all that an earlier process may have given, so that a client that knows one of them
     *     does not take another presence for the same
     */
    public LocalPresence(long revision) {
        this.revisions = new AtomicLong(revision);
    }

    @Override
    public void start(PresenceListener receiver, int mostNames) {
        listener = receiver;
        maxNames = mostNames;
    }

    @Override
    public void close() {
        closed = true;
        for (RoomName room : rooms.keySet()) {
            var unused = update(room, roomUsers -> {
                List<UserId> all = List.copyOf(roomUsers.users.keySet());
                roomUsers.users.clear();
                roomUsers.count.set(0);
                if (!all.isEmpty()) {
                    reportChange(room, roomUsers, List.of(), List.of(), all);
                }
                return null;
            });
        }
    }

    @Override
    public CompletionStage<Void> watch(RoomName room) {
        return update(room, roomUsers -> {
            roomUsers.watched = true;
            reportRoster(room, roomUsers);
            return null;
        });
    }

    private void reportRoster(RoomName room, RoomUsers roomUsers) {
        roomUsers.listenerHasNames = roomUsers.count.get() <= maxNames;
        listener.rosterReceived(room, roster(roomUsers, roomUsers.listenerHasNames ? maxNames : 0));
    }

    @Override
    public void unwatch(RoomName room) {
        var unused = update(room, roomUsers -> {
            roomUsers.watched = false;
            listener.watchEnded(room);
            return null;
        });
    }

    @Override
    public CompletionStage<UpdateResult> enter(RoomName room, User user, String session, int maxUsers) {
        return update(room, roomUsers -> {
            if (closed) {
                throw new RelayUnavailableException("the node is stopping");
            }
            int count = roomUsers.count.get();
            if (maxUsers > 0 && count >= maxUsers && !roomUsers.users.containsKey(user.id())) {
                return UpdateResult.refused(count, roomUsers.revision);
            }
            Present present = roomUsers.users.computeIfAbsent(user.id(), u -> new Present(user));
            boolean isNew = present.sessions.isEmpty();
            present.sessions.add(session);
            if (isNew) {
                roomUsers.count.incrementAndGet();
                reportChange(room, roomUsers, List.of(user), List.of(), List.of());
            } else if (!present.user.equals(user)) {
                present.user = user;
                reportChange(room, roomUsers, List.of(), List.of(user), List.of());
            }
            return new UpdateResult(isNew, roomUsers.count.get(), roomUsers.revision);
        });
    }

    @Override
    public CompletionStage<UpdateResult> leave(RoomName room, UserId user, String session) {
        return update(room, roomUsers -> {
            Present present = roomUsers.users.get(user);
            boolean isLast = present != null && present.sessions.remove(session) && present.sessions.isEmpty();
            if (isLast) {
                roomUsers.users.remove(user);
                roomUsers.count.decrementAndGet();
                reportChange(room, roomUsers, List.of(), List.of(), List.of(user));
            }
            return new UpdateResult(isLast, roomUsers.count.get(), roomUsers.revision);
        });
    }

    private void reportChange(
            RoomName room, RoomUsers roomUsers, List<User> joined, List<User> renamed, List<UserId> left) {
        long previous = roomUsers.revision;
        int count = roomUsers.count.get();
        roomUsers.revision = revisions.incrementAndGet();
        roomUsers.origin = roomUsers.origin == 0 ? roomUsers.revision : roomUsers.origin;
        if (!roomUsers.watched) {
            return;
        }
        boolean withoutNames = !roomUsers.listenerHasNames || count > maxNames;
        listener.presenceChanged(
                room,
                new PresenceChange(
                        previous,
                        roomUsers.revision,
                        count,
                        withoutNames ? List.of() : joined,
                        withoutNames ? List.of() : renamed,
                        withoutNames ? List.of() : left));
        if (withoutNames) {
            roomUsers.listenerHasNames = false;
            if (count <= maxNames) {
                reportRoster(room, roomUsers);
            }
        }
    }

    private <T> CompletionStage<T> update(RoomName room, Function<RoomUsers, T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        rooms.compute(room, (name, existing) -> {
            RoomUsers roomUsers = existing == null ? new RoomUsers() : existing;
            try {
                result.complete(action.apply(roomUsers));
            } catch (RelayUnavailableException e) {
                result.completeExceptionally(e);
            }
            return roomUsers.users.isEmpty() && !roomUsers.watched ? null : roomUsers;
        });
        return result;
    }

    @Override
    public CompletionStage<Roster> roster(RoomName room, int limit) {
        RoomUsers roomUsers = rooms.get(room);
        return CompletableFuture.completedFuture(
                roomUsers == null ? new Roster(0, List.of(), 0, 0) : roster(roomUsers, limit));
    }

    private static Roster roster(RoomUsers roomUsers, int limit) {
        List<User> users = roomUsers.users.values().stream()
                .map(present -> present.user)
                .limit(limit)
                .toList();
        return new Roster(roomUsers.count.get(), users, roomUsers.revision, roomUsers.origin);
    }
}
