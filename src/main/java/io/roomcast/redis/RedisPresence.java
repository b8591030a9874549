package io.roomcast.redis;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import io.roomcast.redis.PresenceCommands.Users;
import io.roomcast.relay.PresenceListener;
import io.roomcast.relay.PresenceStore;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

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
        CompletableFuture<Change> change = new CompletableFuture<>();
        here.compute(room, (name, known) -> {
            Map<String, UserName> sessions = known == null ? new HashMap<>() : known;
            String under = lease.id();
            if (sessions.isEmpty()) {
                doubtOnFailure(commands.addRoom(under, room));
            }
            sessions.put(session, user);
            answer(commands.enter(room, under, Map.of(session, user)), change);
            return sessions;
        });
        return change;
    }

    @Override
    public CompletionStage<Change> leave(RoomName room, UserName user, String session) {
        CompletableFuture<Change> change = new CompletableFuture<>();
        here.compute(room, (name, sessions) -> {
            String under = lease.id();
            answer(commands.leave(room, under, session, user), change);
            if (sessions != null && sessions.remove(session, user) && sessions.isEmpty()) {
                doubtOnFailure(commands.removeRoom(under, room));
            }
            return sessions == null || sessions.isEmpty() ? null : sessions;
        });
        return change;
    }

    private void answer(CompletableFuture<Users> reply, CompletableFuture<Change> change) {
        doubtOnFailure(reply);
        reply.whenComplete((users, failure) -> {
            if (failure == null) {
                change.complete(new Change(!users.names().isEmpty(), users.count()));
            } else {
                change.completeExceptionally(failure);
            }
        });
    }

    private void doubtOnFailure(CompletableFuture<?> reply) {
        reply.whenComplete((done, failure) -> {
            if (failure != null) {
                lease.doubt();
            }
        });
    }

    @Override
    public CompletionStage<Roster> roster(RoomName room, int limit) {
        CompletableFuture<Roster> roster = new CompletableFuture<>();
        commands.roster(room, limit).whenComplete((users, failure) -> {
            if (failure == null) {
                roster.complete(new Roster(users.count(), users.names()));
            } else {
                roster.completeExceptionally(failure);
            }
        });
        return roster;
    }

    @Override
    public void close() {
        lease.stop();
        commands.end(lease.id());
    }

    private final class OwnSessions implements Lease.Members {

        @Override
        public CompletableFuture<Void> enterAll(String under, boolean silent) {
            CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
            for (RoomName room : here.keySet()) {
                CompletableFuture<Void> entered = new CompletableFuture<>();
                here.compute(room, (name, sessions) -> {
                    if (sessions == null) {
                        entered.complete(null);
                        return null;
                    }
                    doubtOnFailure(commands.addRoom(under, room));
                    tell(commands.enter(room, under, sessions), entered, users -> {
                        if (!silent) {
                            users.names().forEach(user -> listener.entered(room, user, users.count()));
                        }
                    });
                    return sessions;
                });
                all = all.thenCombine(entered, (before, too) -> null);
            }
            return all;
        }

        @Override
        public CompletableFuture<Void> remove(String old) {
            return commands.rooms(old, ROOMS_AT_ONCE).thenCompose(rooms -> {
                if (rooms.isEmpty()) {
                    return commands.bury(old).thenAccept(done -> {});
                }
                CompletableFuture<?>[] evicted =
                        rooms.stream().map(room -> evict(room, old)).toArray(CompletableFuture[]::new);
                return CompletableFuture.allOf(evicted).thenCompose(done -> remove(old));
            });
        }

        private CompletableFuture<Void> evict(RoomName room, String old) {
            CompletableFuture<Void> gone = new CompletableFuture<>();
            tell(
                    commands.evict(room, old),
                    gone,
                    users -> users.names().forEach(user -> listener.left(room, user, users.count())));
            return gone.thenCompose(done -> commands.removeRoom(old, room)).thenAccept(done -> {});
        }

        private void tell(CompletableFuture<Users> reply, CompletableFuture<Void> done, Consumer<Users> news) {
            reply.whenComplete((users, failure) -> {
                if (failure != null) {
                    done.completeExceptionally(failure);
                    return;
                }
                try {
                    news.accept(users);
                } finally {
                    done.complete(null);
                }
            });
        }
    }
}
