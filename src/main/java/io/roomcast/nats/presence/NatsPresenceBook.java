package io.roomcast.nats.presence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.impl.Headers;
import io.roomcast.lease.PresenceBook;
import io.roomcast.lease.PresenceState;
import io.roomcast.lease.UserChecksums;
import io.roomcast.nats.connection.Append;
import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.ServerClock;
import io.roomcast.nats.connection.Streams;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.nats.connection.WaitingCalls;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Futures;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The users in the rooms, kept in NATS as a record for each room, and the leases, each a message that the stream lets go
 * of when it was not renewed in time. Any thread may call. No method blocks.
 *
 * <p><b>Concurrency.</b> Calls are queued inside the map's atomic update for the room, so that no {@link RoomBook} is
 * forgotten that has got a call.
 */
public final class NatsPresenceBook implements PresenceBook {
    /** Most calls that wait. */
    private static final int MAX_WAITING = 20_000;
    /** Most rooms whose record is remembered while nothing changes there. */
    private static final int MAX_IDLE = 5_000;
    /** A record is written again when this part of its life is over. */
    private static final long REWRITE_MILLIS = Streams.PRESENCE_AGE.toMillis() / 3;

    private final ConcurrentHashMap<String, RoomBook> books = new ConcurrentHashMap<>();
    /** The last message of each lease of this node. */
    private final ConcurrentHashMap<String, Long> leaseSequences = new ConcurrentHashMap<>();

    private final WaitingCalls waiting;
    private final JetStream jetStream;
    private final Subjects subjects;
    private final ServerClock clock;
    private final byte[] node;
    private final long leaseMillis;

    /**
     * @param nanoClock as {@link System#nanoTime}
     * @param node name of this node, for operators who look into the stream
     * @param leaseTime as that of the stream of leases
     */
    public NatsPresenceBook(
            JetStream jetStream,
            Subjects subjects,
            ServerClock clock,
            LongSupplier nanoClock,
            String node,
            Duration leaseTime) {
        this.waiting = new WaitingCalls(MAX_WAITING, nanoClock);
        this.jetStream = jetStream;
        this.subjects = subjects;
        this.clock = clock;
        this.node = node.getBytes(UTF_8);
        this.leaseMillis = leaseTime.toMillis();
    }

    @Override
    public long leaseMillis() {
        return leaseMillis;
    }

    @Override
    public void setCompareMillis(long millis) {
        // A comparison is due long before a record ends: see REWRITE_MILLIS.
    }

    @Override
    public CompletionStage<ChangeReply> enter(
            RoomName room, String lease, Collection<User> users, UserChecksums checksums, int maxUsers) {
        Set<UserId> ids = users.stream().map(User::id).collect(Collectors.toSet());
        return change(room, lease, ids, (state, update) -> {
            if (maxUsers > 0 && !state.hasPlaceFor(ids, maxUsers)) {
                return Reply.full(state);
            }
            boolean changed = false;
            for (User user : users) {
                changed |= update.enter(lease, user);
            }
            return Reply.of(state, changed);
        });
    }

    @Override
    public CompletionStage<ChangeReply> leave(RoomName room, String lease, UserId user, long checksum) {
        return change(room, lease, Set.of(user), (state, update) -> Reply.of(state, update.leave(lease, user)));
    }

    @Override
    public CompletionStage<ChangeReply> reconcile(
            RoomName room, String lease, Collection<User> users, Set<UserId> asking, UserChecksums checksums) {
        return change(room, lease, null, (state, update) -> {
            update.reconcile(
                    lease,
                    users.stream()
                            .filter(user -> !asking.contains(user.id()) || state.isPresent(user.id()))
                            .toList());
            return Reply.of(state, false);
        });
    }

    /** Makes a change. */
    private interface Change {
        Reply apply(PresenceState state, PresenceState.Update update);
    }

    /** @param users whom the call changes; null if that is not known before */
    private CompletionStage<ChangeReply> change(RoomName room, String lease, Set<UserId> users, Change change) {
        return queue(
                        room,
                        true,
                        new RoomBook.Call<>(
                                users,
                                (state, update, millis) ->
                                        state.isFenced(lease) ? Reply.fenced() : change.apply(state, update)))
                .thenApply(Reply::change);
    }

    /**
     * A reply that is complete when the record is stored, since the revision is given last.
     *
     * @param state null if the lease is fenced
     * @param full whether the room has no place for the users
     */
    private record Reply(PresenceState state, boolean full, boolean changed, long count) {
        static Reply fenced() {
            return new Reply(null, false, false, 0);
        }

        static Reply full(PresenceState state) {
            return new Reply(state, true, false, state.count());
        }

        static Reply of(PresenceState state, boolean changed) {
            return new Reply(state, false, changed, state.count());
        }

        ChangeReply change() {
            return state == null
                    ? new ChangeReply(true, false, 0, 0, false)
                    : new ChangeReply(false, full, state.lastRevision(), count, changed);
        }
    }

    @Override
    public CompletionStage<EvictReply> evict(RoomName room, String lease, int limit) {
        return queue(
                room,
                true,
                new RoomBook.Call<>(
                        null, (state, update, millis) -> new EvictReply(update.evict(lease, limit, millis))));
    }

    @Override
    public CompletionStage<CompareReply> compare(RoomName room, String lease, Sums own) {
        return queue(room, false, new RoomBook.Call<>(null, (state, update, millis) -> {
            if (state.hasUsersOf(lease) && clock.millis() - millis > REWRITE_MILLIS) {
                rewrite(room);
            }
            return new CompareReply(
                    state.isSame(lease, own), state.isFenced(lease), state.revision(), state.count(), state.leases());
        }));
    }

    /** Writes the record again, so that the stream keeps it. */
    private void rewrite(RoomName room) {
        var unused = queue(room, true, new RoomBook.Call<>(null, (state, update, millis) -> {
            update.rewrite();
            return null;
        }));
    }

    @Override
    public CompletionStage<RosterReply> roster(RoomName room, int limit, boolean bounded) {
        return queue(
                room,
                false,
                new RoomBook.Call<>(
                        null, (state, update, millis) -> new RosterReply(state.roster(limit), state.leases())));
    }

    private <T> CompletionStage<T> queue(RoomName room, boolean writes, RoomBook.Call<T> call) {
        return waiting.make(1, () -> {
            boolean[] first = new boolean[1];
            RoomBook book = books.compute(room.value(), (name, existing) -> {
                RoomBook next = existing == null ? new RoomBook(name, jetStream, subjects, clock) : existing;
                first[0] = writes ? next.write(call) : next.read(call);
                return next;
            });
            if (first[0]) {
                book.proceed();
            }
            return call.result().whenComplete((value, failure) -> {
                if (books.size() > MAX_IDLE) {
                    books.computeIfPresent(room.value(), (name, idle) -> idle.isIdle() ? null : idle);
                }
            });
        });
    }

    @Override
    public CompletionStage<Renewal> renewLease(String lease, boolean isNew, boolean findExpired) {
        Long last = leaseSequences.get(lease);
        Headers headers = isNew || last == null ? new Headers() : JetStream.expecting(last);
        return jetStream.append(subjects.lease(lease), headers, node).thenCompose(answer -> {
            if (answer instanceof Append.Refused refused) {
                return CompletableFuture.failedFuture(refused.why());
            }
            if (answer instanceof Append.Stored stored) {
                leaseSequences.put(lease, stored.sequence());
            }
            RenewalState state = answer instanceof Append.Stored ? RenewalState.HELD : RenewalState.LOST;
            String all = subjects.lease("");
            return Futures.map(
                    jetStream.subjects(subjects.leases(), all + ">"),
                    found -> new Renewal(
                            state,
                            found.keySet().stream()
                                    .map(subject -> subject.substring(all.length()))
                                    .toList()));
        });
    }

    @Override
    public void end(String lease) {
        leaseSequences.remove(lease);
        var unused = waiting.make(1, () -> jetStream.purge(subjects.leases(), subjects.lease(lease)));
    }

    /** Waits for what this node still changes, such as its users that leave, until that time at most. */
    public void close(long deadlineNanos) {
        waiting.close(deadlineNanos);
    }
}
