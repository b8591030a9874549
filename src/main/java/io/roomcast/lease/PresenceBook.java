package io.roomcast.lease;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore.Roster;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where a broker keeps who is in which room, under the leases of their nodes. Whoever changes the users of a room gives
 * the change its revision and publishes it, in one atomic step.
 *
 * <p>No method blocks. Stages complete on any thread, and fail with {@code RelayUnavailableException}. The calls for one
 * room take effect in their order.
 */
public interface PresenceBook {
    /**
     * The reply to a call that changes the users of a room.
     *
     * @param fenced whether nothing was done, since the lease was evicted from the room
     * @param changed whether somebody joined or left
     */
    record ChangeReply(boolean fenced, long revision, long count, boolean changed) {}

    /** @param more whether the lease has further users in the room */
    record EvictReply(boolean more) {}

    /**
     * The reply to a comparison of a lease's users.
     *
     * @param same whether the broker has the users that the node has
     * @param fenced whether the lease was evicted from the room
     * @param count number of users in the room, of all nodes
     * @param leases leases of all nodes with users in the room
     */
    record CompareReply(boolean same, boolean fenced, long revision, long count, List<String> leases) {}

    /** @param leases leases of all nodes with users in the room */
    record RosterReply(Roster roster, List<String> leases) {}

    /** What a renewal found. */
    enum RenewalState {
        /** The lease had not expired. */
        HELD,
        /** The lease had expired, but no node had noticed. */
        LATE,
        /** The broker does not know the lease. */
        LOST
    }

    /**
     * The reply to a renewal.
     *
     * @param leases ids of all leases that are not known to have expired
     */
    record Renewal(RenewalState state, List<String> leases) {}

    /** Time in milliseconds after which a lease that was not renewed expires. */
    long leaseMillis();

    /**
     * Sets the time in which all of the node's rooms are compared. The users of a room live longer than that in the
     * broker, without a comparison.
     */
    void setCompareMillis(long millis);

    CompletionStage<ChangeReply> enter(RoomName room, String lease, Collection<User> users, UserChecksums checksums);

    /** @param checksum checksum of the user */
    CompletionStage<ChangeReply> leave(RoomName room, String lease, UserId user, long checksum);

    /** Replaces the users that the lease has in the room. */
    CompletionStage<ChangeReply> reconcile(
            RoomName room, String lease, Collection<User> users, UserChecksums checksums);

    /**
     * Evicts a lease from the room. Fences the lease, so that its late commands have no effect, and removes its users.
     *
     * @param limit most users to remove
     */
    CompletionStage<EvictReply> evict(RoomName room, String lease, int limit);

    /** Compares the node's users in the room with those that the lease has in the broker. */
    CompletionStage<CompareReply> compare(RoomName room, String lease, Sums own);

    /**
     * What a node compares.
     *
     * @param checksum sum of the checksums of the node's users in a room
     * @param users number of these users
     * @param shown sum of the checksums of what is shown for them
     * @param checksums makes the checksums
     */
    record Sums(long checksum, int users, long shown, UserChecksums checksums) {}

    /**
     * Reads the users in a room.
     *
     * @param limit most users
     * @param bounded whether the call fails at once when too many calls are waiting
     */
    CompletionStage<RosterReply> roster(RoomName room, int limit, boolean bounded);

    /**
     * Renews a lease.
     *
     * @param isNew whether the lease is taken now
     * @param findExpired whether to find out which leases have expired
     */
    CompletionStage<Renewal> renewLease(String lease, boolean isNew, boolean findExpired);

    /** Removes the lease from the broker. */
    void end(String lease);
}
