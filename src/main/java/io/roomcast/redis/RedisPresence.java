package io.roomcast.redis;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import io.roomcast.redis.PresenceCommands.Users;
import io.roomcast.relay.PresenceListener;
import io.roomcast.relay.PresenceStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Presence across nodes. Each node enters its sessions under a {@link Lease}; Redis counts a user's sessions over all nodes. Whoever brings a
 * count from or to zero is told so by the same script, and nobody else is: so each change is announced once.
 *
 * <p><b>Concurrency.</b> {@code here} holds this node's own sessions. A room's sessions are changed, and the commands that follow from it are
 * handed over, inside the map's atomic update for its name: so Redis sees them in their true order, under the lease of that moment.
 */
public final class RedisPresence implements PresenceStore {
    private static final int ROOMS_AT_ONCE = 500;

    private final ConcurrentHashMap<RoomName, Map<String, UserName>> here = new ConcurrentHashMap<>();
    private final PresenceCommands commands;
    private final ScheduledExecutorService timer;
    private final Lease lease;
    private volatile PresenceListener listener;

    RedisPresence(PresenceCommands commands, String node, ScheduledExecutorService timer) {
        this.commands = commands;
        this.timer = timer;
        this.lease = new Lease(commands, new OwnSessions(), node);
    }

    @Override
    public void start(PresenceListener receiver) {
        listener = receiver;
        lease.start(timer);
    }

    @Override
    public CompletionStage<Change> enter(RoomName room, UserName user, String session) {
        AtomicReference<CompletionStage<Change>> change = new AtomicReference<>();
        here.compute(room, (name, known) -> {
            Map<String, UserName> sessions = known == null ? new HashMap<>() : known;
            String under = lease.id();
            if (sessions.isEmpty()) {
                doubtOnFailure(commands.addRoom(under, room));
            }
            sessions.put(session, user);
            change.set(answer(commands.enter(room, under, Map.of(session, user))));
            return sessions;
        });
        return change.get();
    }

    @Override
    public CompletionStage<Change> leave(RoomName room, UserName user, String session) {
        AtomicReference<CompletionStage<Change>> change = new AtomicReference<>();
        here.compute(room, (name, sessions) -> {
            String under = lease.id();
            change.set(answer(commands.leave(room, under, session, user)));
            if (sessions != null && sessions.remove(session, user) && sessions.isEmpty()) {
                doubtOnFailure(commands.removeRoom(under, room));
            }
            return sessions == null || sessions.isEmpty() ? null : sessions;
        });
        return change.get();
    }

    private CompletionStage<Change> answer(CompletionStage<Users> reply) {
        doubtOnFailure(reply);
        return Replies.map(reply, users -> new Change(!users.names().isEmpty(), users.count()));
    }

    private void doubtOnFailure(CompletionStage<?> reply) {
        reply.whenComplete((done, failure) -> {
            if (failure != null) {
                lease.doubt();
            }
        });
    }

    @Override
    public CompletionStage<Roster> roster(RoomName room, int limit) {
        return Replies.map(commands.roster(room, limit), users -> new Roster(users.count(), users.names()));
    }

    @Override
    public void close() {
        lease.stop();
        var unused = commands.end(lease.id()); // Should it fail, the lease runs out by itself.
    }

    private final class OwnSessions implements Lease.Members {

        @Override
        public CompletionStage<Void> enterAll(String under, boolean silent) {
            List<CompletionStage<Void>> entered = new ArrayList<>();
            for (RoomName room : here.keySet()) {
                here.computeIfPresent(room, (name, sessions) -> {
                    doubtOnFailure(commands.addRoom(under, room));
                    entered.add(commands.enter(room, under, sessions).thenAccept(users -> {
                        if (!silent) {
                            users.names().forEach(user -> listener.entered(room, user, users.count()));
                        }
                    }));
                    return sessions;
                });
            }
            return Replies.all(entered);
        }

        @Override
        public CompletionStage<Void> remove(String old) {
            return commands.rooms(old, ROOMS_AT_ONCE).thenCompose(rooms -> {
                if (rooms.isEmpty()) {
                    return commands.bury(old).thenAccept(done -> {});
                }
                return Replies.all(rooms.stream().map(room -> evict(room, old)).toList())
                        .thenCompose(done -> remove(old));
            });
        }

        private CompletionStage<Void> evict(RoomName room, String old) {
            return commands.evict(room, old)
                    .thenAccept(users -> users.names().forEach(user -> listener.left(room, user, users.count())))
                    .thenCompose(done -> commands.removeRoom(old, room))
                    .thenAccept(done -> {});
        }
    }
}
