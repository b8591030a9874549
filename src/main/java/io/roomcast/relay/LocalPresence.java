package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Presence of a single node, in memory. Rooms are changed inside the map's atomic update for their name. */
public final class LocalPresence implements PresenceStore {

    /** Changed only inside the map's update for the room; {@code users} and {@code count} are read at any time. */
    private static final class Present {
        final ConcurrentSkipListMap<UserName, Set<String>> users = new ConcurrentSkipListMap<>();
        /** Of users: their map would have to walk through all of them to tell. */
        final AtomicInteger count = new AtomicInteger();
    }

    private final ConcurrentHashMap<RoomName, Present> rooms = new ConcurrentHashMap<>();

    @Override
    public CompletionStage<Change> enter(RoomName room, UserName user, String session) {
        CompletableFuture<Change> change = new CompletableFuture<>();
        rooms.compute(room, (name, known) -> {
            Present present = known == null ? new Present() : known;
            Set<String> sessions = present.users.computeIfAbsent(user, u -> new HashSet<>(2));
            boolean came = sessions.isEmpty();
            sessions.add(session);
            int count = came ? present.count.incrementAndGet() : present.count.get();
            change.complete(new Change(came, count));
            return present;
        });
        return change;
    }

    @Override
    public CompletionStage<Change> leave(RoomName room, UserName user, String session) {
        CompletableFuture<Change> change = new CompletableFuture<>();
        rooms.compute(room, (name, present) -> {
            if (present == null) {
                change.complete(new Change(false, 0));
                return null;
            }
            Set<String> sessions = present.users.get(user);
            boolean went = sessions != null && sessions.remove(session) && sessions.isEmpty();
            if (went) {
                present.users.remove(user);
                present.count.decrementAndGet();
            }
            change.complete(new Change(went, present.count.get()));
            return present.users.isEmpty() ? null : present;
        });
        return change;
    }

    @Override
    public CompletionStage<Roster> roster(RoomName room, int limit) {
        Present present = rooms.get(room);
        if (present == null) {
            return CompletableFuture.completedFuture(new Roster(0, List.of()));
        }
        List<UserName> users = present.users.keySet().stream().limit(limit).toList();
        return CompletableFuture.completedFuture(new Roster(present.count.get(), users));
    }
}
