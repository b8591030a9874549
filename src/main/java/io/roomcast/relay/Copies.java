package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Copies of the messages that a broker keeps, in the database of an {@link Archive} that several nodes share. Rooms are
 * hashed to {@link #SHARDS} shards. The node that holds the lease of a shard copies its rooms.
 *
 * <ul>
 *   <li><b>One node copies a room.</b> The lease is in the same database as the copies, and each commit checks it. So a
 *       node that stood still, and whose lease another node has taken, stores nothing more.
 *   <li><b>Once.</b> A message is stored once; a call that would store it again fails as a whole.
 * </ul>
 *
 * <p>Every method blocks while the database works, and throws {@link ArchiveException} if it cannot do what it is asked.
 */
public interface Copies {
    /** How many shards there are. Never changes, since all nodes must agree. */
    int SHARDS = 16;

    static int shardOf(RoomName room) {
        int hash = room.value().hashCode();
        return Math.floorMod(hash ^ hash >>> 16, SHARDS);
    }

    /**
     * What one node holds.
     *
     * @param shards whose rooms it copies
     * @param nodes how many nodes share the database now, with this one
     * @param since when copying into the database began: milliseconds since 1970 UTC
     */
    record Lease(Set<Integer> shards, int nodes, long since) {}

    /**
     * How far the newest numbering of a room is copied.
     *
     * @param offset the last message that was copied, or is known to be lost
     */
    record Head(String epoch, long offset) {}

    /** Messages that no copy has: from one offset up to and including another. */
    record Hole(long first, long last) {}

    /**
     * What follows in a room.
     *
     * @param continuesTo if the epoch begins with this copy: messages up to this offset are those of the numbering before
     */
    record Copy(RoomName room, String epoch, long continuesTo, List<Hole> holes, List<Archive.Message> messages) {}

    /**
     * A numbering of a room.
     *
     * @param continuesTo messages up to this offset are those of the numbering before; 0 if none
     */
    record Link(String epoch, long continuesTo) {}

    /**
     * Renews the lease of the shards that the node holds. Takes shards that no living node holds, and gives back those
     * beyond its share.
     *
     * @param node a name that no other start of any node has
     * @param time how long the lease holds without a renewal, or a {@link #store}
     */
    Lease lease(String node, Duration time);

    /** Ends what the node holds. */
    void release(String node);

    /**
     * Takes the shards from all nodes, which then take them anew. So what a node has read from the broker before and has
     * not stored yet is not stored, but read again.
     */
    void interrupt();

    /**
     * Stores messages that are brought from elsewhere, as if they had been copied, in one commit. The broker gives their
     * places to nobody else. Nodes copy the room anew from what is there then.
     *
     * @param continuesTo as in {@link Copy}
     */
    void bring(Archive.Run run, long continuesTo);

    /** How far these rooms are copied. A room of which nothing was copied is missing. */
    Map<RoomName, Head> heads(Collection<RoomName> rooms);

    /** As {@link #store(String, Duration, String, List)}, whatever data they were read in. */
    default boolean store(String node, Duration time, List<Copy> copies) {
        return store(node, time, null, copies);
    }

    /**
     * Stores copies in one commit, and renews the lease of their shards.
     *
     * @param data name of the broker's data in which they were read, see {@link Lives.Data}; null for any
     * @return false if the node does not hold all these shards any more, or the nodes have gone on to other data, so that
     *     nothing was stored
     */
    boolean store(String node, Duration time, String data, List<Copy> copies);

    /** The numberings of the room, the newest first, {@code most} at most. */
    List<Link> chain(RoomName room, int most);
}
