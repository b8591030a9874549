package io.roomcast.replica;

import io.roomcast.lease.PresenceBook;
import io.roomcast.lease.PresenceState;
import io.roomcast.lease.UserChecksums;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.replica.Head.Knowledge;
import io.roomcast.replica.LogRecord.Kind;
import io.roomcast.replica.PresenceCommand.Action;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The users in the rooms, and the leases, as records of the log. A change is a record, which all nodes apply alike: so they
 * give it the same revision. What decides also tells, since every node meets every change. Any thread may call.
 */
final class ReplicatedBook implements PresenceBook {
    private final Replica replica;
    private final long leaseMillis;
    private volatile String ownLease = "";

    ReplicatedBook(Replica replica, long leaseMillis) {
        this.replica = replica;
        this.leaseMillis = leaseMillis;
    }

    /** The lease that this node has renewed last. */
    String ownLease() {
        return ownLease;
    }

    @Override
    public long leaseMillis() {
        return leaseMillis;
    }

    @Override
    public void setCompareMillis(long millis) {
        // A comparison is due long before the log lets go of the users of a room.
    }

    @Override
    public CompletionStage<ChangeReply> enter(
            RoomName room, String lease, Collection<User> users, UserChecksums checksums, int maxUsers) {
        return change(room, Action.ENTER, maxUsers, lease, users, Set.of(), ChangeReply.class);
    }

    @Override
    public CompletionStage<ChangeReply> leave(RoomName room, String lease, UserId user, long checksum) {
        return change(room, Action.LEAVE, 0, lease, List.of(User.of(user)), Set.of(), ChangeReply.class);
    }

    @Override
    public CompletionStage<ChangeReply> reconcile(
            RoomName room, String lease, Collection<User> users, Set<UserId> asking, UserChecksums checksums) {
        return change(room, Action.RECONCILE, 0, lease, users, asking, ChangeReply.class);
    }

    @Override
    public CompletionStage<EvictReply> evict(RoomName room, String lease, int limit) {
        return change(room, Action.EVICT, limit, lease, List.of(), Set.of(), EvictReply.class);
    }

    private <T> CompletionStage<T> change(
            RoomName room,
            Action action,
            int limit,
            String lease,
            Collection<User> users,
            Set<UserId> asking,
            Class<T> type) {
        Partition partition = replica.partition(room.value());
        if (partition == null) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("the log cannot be reached"));
        }
        byte[] command = PresenceCommand.encode(action, limit, lease, users, asking);
        return replica.call(partition.number, Kind.PRESENCE, room.value(), Head.SILENT, command, type);
    }

    @Override
    public CompletionStage<CompareReply> compare(RoomName room, String lease, Sums own) {
        return replica.read(room, partition -> {
            PresenceState state = partition.presence.find(room.value());
            long millis = partition.applied().millis();
            if (state.hasUsersOf(lease)
                    && partition.presence.incompleteMillis(room.value(), millis) > partition.rooms.keepMillis() / 3) {
                appendUsers(partition, room, state, millis);
            }
            return new CompareReply(
                    state.isSame(lease, own), state.isFenced(lease), state.revision(), state.count(), state.leases());
        });
    }

    /** Appends all users of the room, for nodes that start. */
    private void appendUsers(Partition partition, RoomName room, PresenceState state, long millis) {
        Head asOf = new Head(Knowledge.NO_ROOM, "", 0, partition.applied().position());
        var unused = replica.call(
                partition.number, Kind.USERS, room.value(), asOf, state.copy().record(millis), Void.class);
    }

    @Override
    public CompletionStage<RosterReply> roster(RoomName room, int limit, boolean bounded) {
        return replica.read(room, partition -> {
            PresenceState state = partition.presence.find(room.value());
            return new RosterReply(state.roster(limit), state.leases());
        });
    }

    @Override
    public CompletionStage<Renewal> renewLease(String lease, boolean isNew, boolean findExpired) {
        ownLease = lease;
        Kind kind = isNew ? Kind.TAKE_LEASE : Kind.RENEW_LEASE;
        return replica.call(0, kind, lease, Head.SILENT, LogRecord.NOTHING, Renewal.class);
    }

    @Override
    public void end(String lease) {
        var unused = replica.call(0, Kind.END_LEASE, lease, Head.SILENT, LogRecord.NOTHING, Void.class);
    }
}
