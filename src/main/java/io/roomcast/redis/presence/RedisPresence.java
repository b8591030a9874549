package io.roomcast.redis.presence;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import io.roomcast.redis.connection.Futures;
import io.roomcast.redis.presence.PresenceCommands.Answer;
import io.roomcast.redis.presence.PresenceCommands.Comparison;
import io.roomcast.redis.presence.PresenceCommands.Present;
import io.roomcast.relay.PresenceListener;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Presence across nodes. Each node enters its users under its {@link Lease}. A script changes the users of a room,
 * numbers the change and publishes it on the room's channel. {@link PresenceViews} turn these changes into what this
 * node's members are told.
 *
 * <p><b>Repair.</b> At each heartbeat of the lease, some of the rooms are compared with Redis: by a checksum of this
 * node's users, and by the last revision. A script corrects a difference and publishes the correction. A node that sees
 * users under an expired lease removes them. The users of a room that no node renews expire.
 *
 * <p><b>Concurrency.</b> {@code rooms} holds this node's users. They are changed, and the resulting commands are
 * submitted, inside the map's atomic update for the room. So Redis sees the commands in their true order, under the
 * lease of that moment. Nothing else is done inside it.
 */
public final class RedisPresence implements PresenceStore, Lease.Users {
    /** Most rooms that are compared at one heartbeat. */
    private static final int MAX_COMPARED = 500;
    /** All rooms are compared in this many heartbeats, unless that exceeds the maximum. */
    private static final int ROUND_BEATS = 5;

    private static final int MOVED_AT_ONCE = 200;
    private static final int EVICTED_AT_ONCE = 1_000;

    private record Sent<T>(String lease, CompletionStage<T> reply) {}

    /** @param reconciled null if that was not needed */
    private record Compared(Sent<Answer> reconciled, Sent<Comparison> compared, boolean stale) {}

    private final ConcurrentHashMap<String, NodeUsers> rooms = new ConcurrentHashMap<>();
    /** Rooms to compare at the next heartbeat. */
    private final Set<RoomName> soon = ConcurrentHashMap.newKeySet();

    private final PresenceCommands commands;
    private final ScheduledExecutorService timer;
    private final NodeUsers.Checksums checksums = new NodeUsers.Checksums();
    private final Lease lease;
    private final PresenceViews views;
    private PresenceListener listener;
    private int names;
    private volatile boolean closed;
    /** The rest of the current round. Confined to the lease's heartbeat. */
    private Iterator<RoomName> round = Collections.emptyIterator();

    /** @param nanoClock as {@link System#nanoTime} */
    public RedisPresence(
            PresenceCommands commands,
            RoomChannels subscriptions,
            ScheduledExecutorService timer,
            LongSupplier nanoClock) {
        this.commands = commands;
        this.timer = timer;
        this.lease = new Lease(commands, this, nanoClock);
        this.views =
                new PresenceViews(commands, subscriptions, timer, nanoClock, lease::markSuspect, this::evictExpired);
    }

    @Override
    public void start(PresenceListener receiver, int largestByName) {
        listener = receiver;
        names = largestByName;
        views.start();
        lease.start(timer);
    }

    @Override
    public void close() {
        closed = true;
        lease.stop();
        for (NodeUsers own : rooms.values()) {
            on(own.room(), known -> {
                if (!known.isEmpty()) {
                    var unused = commands.evict(own.room(), lease.id(), EVICTED_AT_ONCE);
                }
            });
        }
        lease.end(); // Other nodes remove the users that are left.
    }

    @Override
    public CompletionStage<Void> watch(RoomName room) {
        return views.watch(room, names, listener);
    }

    @Override
    public void unwatch(RoomName room) {
        views.unwatch(room);
        listener.forgotten(room);
    }

    @Override
    public CompletionStage<UpdateResult> enter(RoomName room, UserName user, String session) {
        if (closed) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("the node is stopping"));
        }
        return change(room, with(room, own -> {
            own.add(user, session, checksums.of(user));
            String under = lease.id();
            return new Sent<>(under, commands.enter(room, under, List.of(user), checksums::of));
        }));
    }

    @Override
    public CompletionStage<UpdateResult> leave(RoomName room, UserName user, String session) {
        Sent<Answer> sent = with(room, own -> {
            if (!own.remove(user, session, checksums.of(user))) {
                return null;
            }
            String under = lease.id();
            return new Sent<>(under, commands.leave(room, under, user, checksums.of(user)));
        });
        if (sent == null) {
            return Futures.map(
                    commands.roster(room, 0, false),
                    present -> new UpdateResult(
                            false, present.roster().count(), present.roster().revision()));
        }
        return change(room, sent);
    }

    private CompletionStage<UpdateResult> change(RoomName room, Sent<Answer> sent) {
        return Futures.map(markIfFailed(room, sent), done -> {
            if (done.fenced()) {
                throw new RelayUnavailableException("other nodes have evicted the lease of this node");
            }
            return new UpdateResult(!done.names().isEmpty(), done.count(), done.revision());
        });
    }

    /**
     * Marks the room when a command fails, since its effect is unknown. Not for use inside the map's update: the
     * command may have failed already.
     */
    private <T> CompletionStage<T> markIfFailed(RoomName room, Sent<T> sent) {
        sent.reply().whenComplete((done, failure) -> {
            if (failure != null) {
                on(room, own -> {
                    own.unsure = true;
                    if (!sent.lease().equals(lease.id())) {
                        own.stale().add(sent.lease());
                    }
                });
                soon.add(room);
            } else if (done instanceof Answer answer && answer.fenced()
                    || done instanceof Comparison found && found.fenced()) {
                lease.markSuspect();
            }
        });
        return sent.reply();
    }

    @Override
    public CompletionStage<Roster> roster(RoomName room, int limit) {
        return commands.roster(room, limit, true).thenCompose(present -> {
            List<String> expired = expired(room, present.leases());
            if (expired.isEmpty()) {
                return CompletableFuture.completedFuture(present.roster());
            }
            return Futures.all(expired.stream().map(old -> evict(room, old)).toList())
                    .thenCompose(done -> Futures.map(commands.roster(room, limit, true), Present::roster));
        });
    }

    /**
     * The expired ones of these leases with users in the room. If the state of one is unknown, the room is compared
     * again soon.
     */
    private List<String> expired(RoomName room, Collection<String> leases) {
        List<String> expired = new ArrayList<>(0);
        for (String each : leases) {
            switch (lease.stateOf(each)) {
                case EXPIRED -> expired.add(each);
                case UNKNOWN -> soon.add(room);
                case ALIVE -> {}
            }
        }
        return expired;
    }

    private void evictExpired(RoomName room, Collection<String> leases) {
        expired(room, leases).forEach(old -> evict(room, old));
    }

    private CompletionStage<Void> evict(RoomName room, String old) {
        return commands.evict(room, old, EVICTED_AT_ONCE)
                .thenCompose(
                        evicted -> evicted.more() ? evict(room, old) : CompletableFuture.<Void>completedFuture(null));
    }

    @Override
    public void compare() {
        Set<RoomName> due = new HashSet<>(soon);
        soon.removeAll(due);
        due.forEach(this::compare);
        int all = rooms.size() + views.size(); // Most rooms count twice, which makes the round shorter.
        commands.compareInterval((long) all / MAX_COMPARED * lease.beatMillis());
        int count = Math.min(all / ROUND_BEATS + 1, MAX_COMPARED);
        for (int i = 0; i < count; i++) {
            if (!round.hasNext()) {
                round = Stream.concat(
                                rooms.values().stream().map(NodeUsers::room),
                                views.rooms().filter(room -> !rooms.containsKey(room.value())))
                        .iterator();
                if (!round.hasNext()) {
                    return;
                }
            }
            RoomName next = round.next();
            if (!due.contains(next)) {
                compare(next);
            }
        }
    }

    private void compare(RoomName room) {
        Compared sent = with(room, own -> {
            Sent<Answer> reconciled = own.unsure ? reconcile(own) : null;
            String under = lease.id();
            CompletionStage<Comparison> compared =
                    commands.compare(room, under, own.checksum(), own.users().size());
            return new Compared(
                    reconciled, new Sent<>(under, compared), !own.stale().isEmpty());
        });
        if (sent.reconciled() != null) {
            markIfFailed(room, sent.reconciled());
        }
        markIfFailed(room, sent.compared()).thenAccept(found -> compared(room, found));
        if (sent.stale()) {
            evictStale(room);
        }
    }

    private void compared(RoomName room, Comparison found) {
        if (!found.fenced() && !found.same()) {
            markIfFailed(room, with(room, this::reconcile));
        }
        evictExpired(room, found.leases());
        if (views.compared(room, found.revision())) {
            soon.add(room);
        }
    }

    /** For use inside the map's update for the room. */
    private Sent<Answer> reconcile(NodeUsers own) {
        own.unsure = false;
        String under = lease.id();
        return new Sent<>(under, commands.reconcile(own.room(), under, own.users(), checksums::of));
    }

    @Override
    public CompletionStage<Void> moveTo(String old, String next) {
        return moveTo(rooms.values().stream().map(NodeUsers::room).toList(), 0, old);
    }

    private CompletionStage<Void> moveTo(List<RoomName> all, int from, String old) {
        int to = Math.min(from + MOVED_AT_ONCE, all.size());
        return Futures.all(all.subList(from, to).stream()
                        .map(room -> moveTo(room, old))
                        .toList())
                .thenCompose(done ->
                        to == all.size() ? CompletableFuture.<Void>completedFuture(null) : moveTo(all, to, old));
    }

    private CompletionStage<Void> moveTo(RoomName room, String old) {
        Sent<Answer> sent = with(room, own -> {
            if (own.isEmpty()) {
                return null;
            }
            own.stale().add(old);
            return reconcile(own);
        });
        if (sent == null) {
            return CompletableFuture.completedFuture(null);
        }
        return markIfFailed(room, sent).thenCompose(done -> evictStale(room));
    }

    /** Removes the users that are left under former leases of this node. */
    private CompletionStage<Void> evictStale(RoomName room) {
        return Futures.all(with(room, own -> List.copyOf(own.stale())).stream()
                .map(old -> evict(room, old)
                        .thenAccept(done -> on(room, own -> own.stale().remove(old))))
                .toList());
    }

    private void on(RoomName room, Consumer<NodeUsers> action) {
        with(room, own -> {
            action.accept(own);
            return null;
        });
    }

    /** Runs the action inside the map's atomic update for the room. Removes an entry that is not needed any more. */
    private <T> T with(RoomName room, Function<NodeUsers, T> action) {
        AtomicReference<T> result = new AtomicReference<>();
        rooms.compute(room.value(), (name, known) -> {
            NodeUsers own = known == null ? new NodeUsers(room) : known;
            result.set(action.apply(own));
            return own.isEmpty() ? null : own;
        });
        return result.get();
    }
}
