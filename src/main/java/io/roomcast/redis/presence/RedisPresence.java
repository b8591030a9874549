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
import java.util.stream.Stream;

/**
 * Presence across nodes. Each node enters its users under a {@link Lease}. The script that changes who is in a room gives the change its number and
 * publishes it on the room's channel; {@link Folds} make of that what this node's members are told.
 *
 * <p><b>It puts itself right.</b> At each beat of the lease a share of the rooms is compared with Redis: by a checksum of this node's users, and by
 * the revision that was told. What differs is made right and told by a script. Whatever has no lease that lives is taken out by whoever sees it. A
 * room of which nothing is renewed expires.
 *
 * <p><b>Concurrency.</b> {@code rooms} holds this node's own users. They are changed, and the commands that follow from it are handed over, inside the map's
 * atomic update for the room: so Redis sees them in their true order, under the lease of that moment. Nothing else is done inside it.
 */
public final class RedisPresence implements PresenceStore, Lease.Users {
    /** Compared at one beat. */
    private static final int SHARE = 500;
    /** All are compared in this many beats, unless that is more than the share. */
    private static final int ROUND = 5;

    private static final int ROOMS_AT_ONCE = 200;
    private static final int EVICTED_AT_ONCE = 1_000;

    private record Sent<T>(String lease, CompletionStage<T> reply) {}

    /** @param reconciled null where that was not needed */
    private record Looked(Sent<Answer> reconciled, Sent<Comparison> compared, boolean stale) {}

    private final ConcurrentHashMap<String, OwnUsers> rooms = new ConcurrentHashMap<>();
    /** To be compared at the next beat. */
    private final Set<RoomName> soon = ConcurrentHashMap.newKeySet();

    private final PresenceCommands commands;
    private final ScheduledExecutorService timer;
    private final Checksums checksums = new Checksums();
    private final Lease lease;
    private final Folds folds;
    private PresenceListener listener;
    private int names;
    private volatile boolean closed;
    /** Confined to the lease's beat. */
    private Iterator<RoomName> round = Collections.emptyIterator();

    public RedisPresence(PresenceCommands commands, RoomChannels subscriptions, ScheduledExecutorService timer) {
        this.commands = commands;
        this.timer = timer;
        this.lease = new Lease(commands, this);
        this.folds = new Folds(commands, subscriptions, timer, lease::doubt, this::judge);
    }

    @Override
    public void start(PresenceListener receiver, int largestByName) {
        listener = receiver;
        names = largestByName;
        folds.start();
        lease.start(timer);
    }

    @Override
    public void close() {
        closed = true;
        lease.stop();
        for (OwnUsers own : rooms.values()) {
            on(own.room(), known -> {
                if (!known.isEmpty()) {
                    var unused = commands.evict(own.room(), lease.id(), EVICTED_AT_ONCE);
                }
            });
        }
        lease.end(); // What was not taken out others take out.
    }

    @Override
    public CompletionStage<Void> watch(RoomName room) {
        return folds.watch(room, names, listener);
    }

    @Override
    public void unwatch(RoomName room) {
        folds.unwatch(room);
        listener.forgotten(room);
    }

    @Override
    public CompletionStage<Change> enter(RoomName room, UserName user, String session) {
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
    public CompletionStage<Change> leave(RoomName room, UserName user, String session) {
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
                    present -> new Change(
                            false, present.roster().count(), present.roster().revision()));
        }
        return change(room, sent);
    }

    private CompletionStage<Change> change(RoomName room, Sent<Answer> sent) {
        return Futures.map(watched(room, sent), done -> {
            if (done.fenced()) {
                throw new RelayUnavailableException("this node was taken for dead");
            }
            return new Change(!done.names().isEmpty(), done.count(), done.revision());
        });
    }

    /** Remembers that it is not known what came of a command that failed. Not inside the map's update: it may have failed already. */
    private <T> CompletionStage<T> watched(RoomName room, Sent<T> sent) {
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
                lease.doubt();
            }
        });
        return sent.reply();
    }

    @Override
    public CompletionStage<Roster> roster(RoomName room, int limit) {
        return commands.roster(room, limit, true).thenCompose(present -> {
            List<String> gone = gone(room, present.leases());
            if (gone.isEmpty()) {
                return CompletableFuture.completedFuture(present.roster());
            }
            return Futures.all(gone.stream().map(old -> evict(room, old)).toList())
                    .thenCompose(done -> Futures.map(commands.roster(room, limit, true), Present::roster));
        });
    }

    /** Of these leases, which have users in the room. Where that is not known yet, the room is looked at again. */
    private List<String> gone(RoomName room, Collection<String> leases) {
        List<String> gone = new ArrayList<>(0);
        for (String each : leases) {
            switch (lease.judge(each)) {
                case GONE -> gone.add(each);
                case UNSURE -> soon.add(room);
                case LIVES -> {}
            }
        }
        return gone;
    }

    private void judge(RoomName room, Collection<String> leases) {
        gone(room, leases).forEach(old -> evict(room, old));
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
        int all = rooms.size() + folds.size(); // Most are counted twice: the round is the shorter.
        commands.comparedIn((long) all / SHARE * lease.beatMillis());
        int share = Math.min(all / ROUND + 1, SHARE);
        for (int i = 0; i < share; i++) {
            if (!round.hasNext()) {
                round = Stream.concat(
                                rooms.values().stream().map(OwnUsers::room),
                                folds.rooms().filter(room -> !rooms.containsKey(room.value())))
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
        Looked looked = with(room, own -> {
            Sent<Answer> reconciled = own.unsure ? reconcile(own) : null;
            String under = lease.id();
            CompletionStage<Comparison> compared =
                    commands.compare(room, under, own.checksum(), own.users().size());
            return new Looked(
                    reconciled, new Sent<>(under, compared), !own.stale().isEmpty());
        });
        if (looked.reconciled() != null) {
            watched(room, looked.reconciled());
        }
        watched(room, looked.compared()).thenAccept(found -> compared(room, found));
        if (looked.stale()) {
            putOut(room);
        }
    }

    private void compared(RoomName room, Comparison found) {
        if (!found.fenced() && !found.same()) {
            watched(room, with(room, this::reconcile));
        }
        judge(room, found.leases());
        if (folds.compared(room, found.revision())) {
            soon.add(room);
        }
    }

    /** Inside the map's update for the room. */
    private Sent<Answer> reconcile(OwnUsers own) {
        own.unsure = false;
        String under = lease.id();
        return new Sent<>(under, commands.reconcile(own.room(), under, own.users(), checksums::of));
    }

    @Override
    public CompletionStage<Void> goOver(String old, String next) {
        return goOver(rooms.values().stream().map(OwnUsers::room).toList(), 0, old);
    }

    private CompletionStage<Void> goOver(List<RoomName> all, int from, String old) {
        int to = Math.min(from + ROOMS_AT_ONCE, all.size());
        return Futures.all(all.subList(from, to).stream()
                        .map(room -> goOver(room, old))
                        .toList())
                .thenCompose(done ->
                        to == all.size() ? CompletableFuture.<Void>completedFuture(null) : goOver(all, to, old));
    }

    private CompletionStage<Void> goOver(RoomName room, String old) {
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
        return watched(room, sent).thenCompose(done -> putOut(room));
    }

    /** Takes out what is left of leases that this node had. */
    private CompletionStage<Void> putOut(RoomName room) {
        return Futures.all(with(room, own -> List.copyOf(own.stale())).stream()
                .map(old -> evict(room, old)
                        .thenAccept(done -> on(room, own -> own.stale().remove(old))))
                .toList());
    }

    private void on(RoomName room, Consumer<OwnUsers> action) {
        with(room, own -> {
            action.accept(own);
            return null;
        });
    }

    /** Inside the map's atomic update. What is not needed any more is forgotten. */
    private <T> T with(RoomName room, Function<OwnUsers, T> action) {
        AtomicReference<T> result = new AtomicReference<>();
        rooms.compute(room.value(), (name, known) -> {
            OwnUsers own = known == null ? new OwnUsers(room) : known;
            result.set(action.apply(own));
            return own.isEmpty() ? null : own;
        });
        return result.get();
    }
}
