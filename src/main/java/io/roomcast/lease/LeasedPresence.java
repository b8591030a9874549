package io.roomcast.lease;

import io.roomcast.cursor.RoomChannels;
import io.roomcast.lease.PresenceBook.ChangeReply;
import io.roomcast.lease.PresenceBook.CompareReply;
import io.roomcast.lease.PresenceBook.RosterReply;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Futures;
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
 * Presence across nodes. Each node enters its users under its {@link Lease}. The {@link PresenceBook} changes the
 * users of a room, numbers the change and publishes it on the room's channel. {@link PresenceViews} report these changes to the listener
 * of this node.
 *
 * <p><b>Repair.</b> After each renewal of the lease, some of the rooms are compared with the broker, by a checksum of this
 * node's users and by the last revision. The book corrects a difference and publishes the correction. A node that sees
 * users under an expired lease removes them. The users of a room in the broker expire if no node compares the room.
 *
 * <p><b>Concurrency.</b> The map {@code rooms} holds this node's users. They are changed, and the resulting commands
 * are submitted, inside the map's atomic update for the room. So the book gets the commands in the order of the changes,
 * under the lease of that moment. Nothing else is done inside the update.
 */
public final class LeasedPresence implements PresenceStore, Lease.Users {
    /** Most rooms that are compared after one renewal, apart from those that are due. */
    private static final int MAX_COMPARED = 500;
    /** All rooms are compared within this many renewals, unless that exceeds {@link #MAX_COMPARED}. */
    private static final int ROUND_RENEWALS = 5;

    /** Rooms that are moved to a new lease at the same time. */
    private static final int MOVED_AT_ONCE = 200;
    /** Most users that one command evicts. */
    private static final int EVICTED_AT_ONCE = 1_000;

    /** A command that was sent under a lease. */
    private record Sent<T>(String lease, CompletionStage<T> reply) {}

    /**
     * The commands of a comparison.
     *
     * @param reconciled null if the room was not corrected before the comparison
     * @param hasFormerLeases whether users may be left under former leases of this node
     */
    private record SentComparison(Sent<ChangeReply> reconciled, Sent<CompareReply> compared, boolean hasFormerLeases) {}

    private final ConcurrentHashMap<String, NodeUsers> rooms = new ConcurrentHashMap<>();
    /** Rooms to compare after the next renewal. */
    private final Set<RoomName> roomsToCompare = ConcurrentHashMap.newKeySet();

    private final PresenceBook book;
    private final ScheduledExecutorService timer;
    private final UserChecksums checksums = new UserChecksums();
    private final Lease lease;
    private final PresenceViews views;
    private PresenceListener listener;
    private int maxNames;
    private volatile boolean closed;
    /** Rooms that are left in the current round of comparisons. Only used after a renewal, by one thread at a time. */
    private Iterator<RoomName> comparisonRound = Collections.emptyIterator();

    /** @param nanoClock as {@link System#nanoTime} */
    public LeasedPresence(
            PresenceBook book, RoomChannels subscriptions, ScheduledExecutorService timer, LongSupplier nanoClock) {
        this.book = book;
        this.timer = timer;
        this.lease = new Lease(book, this, nanoClock);
        this.views =
                new PresenceViews(book, subscriptions, timer, nanoClock, lease::requestReplacement, this::evictExpired);
    }

    @Override
    public void start(PresenceListener receiver, int mostNames) {
        listener = receiver;
        maxNames = mostNames;
        views.start();
        lease.start(timer);
    }

    @Override
    public void close() {
        closed = true;
        lease.stop();
        for (NodeUsers own : rooms.values()) {
            updateOnly(own.room(), existing -> {
                if (!existing.isEmpty()) {
                    var unused = book.evict(own.room(), lease.id(), EVICTED_AT_ONCE);
                }
                // A move to the present lease may be under way.
                existing.formerLeases().forEach(former -> {
                    var unused = book.evict(own.room(), former, EVICTED_AT_ONCE);
                });
            });
        }
        lease.end(); // Other nodes remove the users that are left.
    }

    @Override
    public CompletionStage<Void> watch(RoomName room) {
        return views.watch(room, maxNames, listener);
    }

    @Override
    public void unwatch(RoomName room) {
        views.unwatch(room);
        listener.watchEnded(room);
    }

    @Override
    public CompletionStage<UpdateResult> enter(RoomName room, User user, String session, int maxUsers) {
        if (closed) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("the node is stopping"));
        }
        Sent<ChangeReply> sent = update(room, own -> {
            int limit = own.has(user.id()) ? 0 : maxUsers;
            own.add(user, session, limit > 0);
            String leaseId = lease.id();
            return new Sent<>(leaseId, book.enter(room, leaseId, List.of(user), checksums, limit));
        });
        return result(
                room,
                maxUsers == 0
                        ? sent
                        : new Sent<>(sent.lease(), Futures.map(sent.reply(), reply -> {
                            if (!reply.fenced()) {
                                updateOnly(room, own -> own.answered(user.id(), session, !reply.full()));
                            }
                            return reply;
                        })));
    }

    @Override
    public CompletionStage<UpdateResult> leave(RoomName room, UserId user, String session) {
        Sent<ChangeReply> sent = update(room, own -> {
            if (!own.remove(user, session)) {
                return null;
            }
            String leaseId = lease.id();
            return new Sent<>(leaseId, book.leave(room, leaseId, user, checksums.of(user)));
        });
        if (sent == null) {
            return Futures.map(
                    book.roster(room, 0, false),
                    reply -> new UpdateResult(
                            false, reply.roster().count(), reply.roster().revision()));
        }
        return result(room, sent);
    }

    /** The result for the caller, from the reply to a command. Fails if the command was fenced. */
    private CompletionStage<UpdateResult> result(RoomName room, Sent<ChangeReply> sent) {
        return Futures.map(markIfFailed(room, sent), reply -> {
            if (reply.fenced()) {
                throw new RelayUnavailableException("other nodes have evicted the lease of this node");
            }
            return new UpdateResult(reply.full(), reply.changed(), reply.count(), reply.revision());
        });
    }

    /**
     * Marks the room when a command fails, since the effect of the command is unknown. Must not be called inside the
     * map's update for the room, since it runs such an update at once if the command has failed already.
     */
    private <T> CompletionStage<T> markIfFailed(RoomName room, Sent<T> sent) {
        sent.reply().whenComplete((done, failure) -> {
            if (failure != null) {
                updateOnly(room, own -> {
                    own.mayDiffer = true;
                    if (!sent.lease().equals(lease.id())) {
                        own.formerLeases().add(sent.lease());
                    }
                });
                roomsToCompare.add(room);
            } else if (done instanceof ChangeReply reply && reply.fenced()
                    || done instanceof CompareReply found && found.fenced()) {
                lease.requestReplacement();
            }
        });
        return sent.reply();
    }

    @Override
    public CompletionStage<Roster> roster(RoomName room, int limit) {
        return book.roster(room, limit, true).thenCompose(reply -> {
            List<String> expired = expired(room, reply.leases());
            if (expired.isEmpty()) {
                return CompletableFuture.completedFuture(reply.roster());
            }
            return Futures.all(expired.stream()
                            .map(oldLease -> evict(room, oldLease))
                            .toList())
                    .thenCompose(done -> Futures.map(book.roster(room, limit, true), RosterReply::roster));
        });
    }

    /**
     * Returns the expired leases among the leases with users in the room. If the state of a lease is unknown, the room
     * is compared again after the next renewal.
     */
    private List<String> expired(RoomName room, Collection<String> leases) {
        List<String> expired = new ArrayList<>(0);
        for (String each : leases) {
            switch (lease.stateOf(each)) {
                case EXPIRED -> expired.add(each);
                case UNKNOWN -> roomsToCompare.add(room);
                case ALIVE -> {}
            }
        }
        return expired;
    }

    /** Evicts the expired leases among the leases with users in the room. */
    private void evictExpired(RoomName room, Collection<String> leases) {
        expired(room, leases).forEach(oldLease -> evict(room, oldLease));
    }

    /** Evicts the lease from the room, in as many commands as its users need. */
    private CompletionStage<Void> evict(RoomName room, String oldLease) {
        return book.evict(room, oldLease, EVICTED_AT_ONCE)
                .thenCompose(evicted ->
                        evicted.more() ? evict(room, oldLease) : CompletableFuture.<Void>completedFuture(null));
    }

    @Override
    public void compareSomeRooms() {
        Set<RoomName> due = new HashSet<>(roomsToCompare);
        roomsToCompare.removeAll(due);
        due.forEach(this::compare);
        int all = rooms.size() + views.size(); // Too high, since most rooms are in both: a round ends early.
        book.setCompareMillis((long) all / MAX_COMPARED * lease.renewalMillis());
        int count = Math.min(all / ROUND_RENEWALS + 1, MAX_COMPARED);
        for (int i = 0; i < count; i++) {
            if (!comparisonRound.hasNext()) {
                comparisonRound = Stream.concat(
                                rooms.values().stream().map(NodeUsers::room),
                                views.rooms().filter(room -> !rooms.containsKey(room.value())))
                        .iterator();
                if (!comparisonRound.hasNext()) {
                    return;
                }
            }
            RoomName next = comparisonRound.next();
            if (!due.contains(next)) {
                compare(next);
            }
        }
    }

    /** Compares the room with the broker, and corrects a difference. */
    private void compare(RoomName room) {
        SentComparison sent = update(room, own -> {
            Sent<ChangeReply> reconciled = own.mayDiffer ? reconcile(own) : null;
            String leaseId = lease.id();
            CompletionStage<CompareReply> compared = book.compare(
                    room, leaseId, new PresenceBook.Sums(own.checksum(), own.count(), own.shownChecksum(), checksums));
            return new SentComparison(
                    reconciled,
                    new Sent<>(leaseId, compared),
                    !own.formerLeases().isEmpty());
        });
        if (sent.reconciled() != null) {
            markIfFailed(room, sent.reconciled());
        }
        markIfFailed(room, sent.compared()).thenAccept(found -> useComparison(room, found));
        if (sent.hasFormerLeases()) {
            evictFormerLeases(room);
        }
    }

    private void useComparison(RoomName room, CompareReply found) {
        if (!found.fenced() && !found.same()) {
            markIfFailed(room, update(room, this::reconcile));
        }
        evictExpired(room, found.leases());
        if (views.compareRevision(room, found.revision())) {
            roomsToCompare.add(room);
        }
    }

    /** Must be called inside the map's update for the room. */
    private Sent<ChangeReply> reconcile(NodeUsers own) {
        own.mayDiffer = false;
        String leaseId = lease.id();
        return new Sent<>(leaseId, book.reconcile(own.room(), leaseId, own.users(), own.asking(), checksums));
    }

    @Override
    public CompletionStage<Void> moveTo(String oldLease, String newLease) {
        return moveTo(rooms.values().stream().map(NodeUsers::room).toList(), 0, oldLease);
    }

    private CompletionStage<Void> moveTo(List<RoomName> all, int from, String oldLease) {
        int to = Math.min(from + MOVED_AT_ONCE, all.size());
        return Futures.all(all.subList(from, to).stream()
                        .map(room -> moveTo(room, oldLease))
                        .toList())
                .thenCompose(done ->
                        to == all.size() ? CompletableFuture.<Void>completedFuture(null) : moveTo(all, to, oldLease));
    }

    private CompletionStage<Void> moveTo(RoomName room, String oldLease) {
        Sent<ChangeReply> sent = update(room, own -> {
            if (own.isEmpty()) {
                return null;
            }
            own.formerLeases().add(oldLease);
            return reconcile(own);
        });
        if (sent == null) {
            return CompletableFuture.completedFuture(null);
        }
        return markIfFailed(room, sent).thenCompose(done -> evictFormerLeases(room));
    }

    /** Removes the users that are left under former leases of this node. */
    private CompletionStage<Void> evictFormerLeases(RoomName room) {
        return Futures.all(update(room, own -> List.copyOf(own.formerLeases())).stream()
                .map(oldLease -> evict(room, oldLease)
                        .thenAccept(done ->
                                updateOnly(room, own -> own.formerLeases().remove(oldLease))))
                .toList());
    }

    /** As {@link #update}, for an action without a result. */
    private void updateOnly(RoomName room, Consumer<NodeUsers> action) {
        update(room, own -> {
            action.accept(own);
            return null;
        });
    }

    /** Runs the action inside the map's atomic update for the room. Removes the entry if it is empty then. */
    private <T> T update(RoomName room, Function<NodeUsers, T> action) {
        AtomicReference<T> result = new AtomicReference<>();
        rooms.compute(room.value(), (name, existing) -> {
            NodeUsers own = existing == null ? new NodeUsers(room, checksums) : existing;
            result.set(action.apply(own));
            return own.isEmpty() ? null : own;
        });
        return result.get();
    }
}
