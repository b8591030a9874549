package io.roomcast.archiver;

import io.roomcast.cursor.LogPage;
import io.roomcast.cursor.SeenMessage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Copies;
import io.roomcast.relay.RelayUnavailableException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The logs of rooms in a broker, for those who copy them and who read on where they end. The broker also keeps the names
 * of rooms that have news, in a set for each of the {@link Copies#SHARDS} shards.
 *
 * <p>Any thread may call. No method blocks. Stages complete on a thread that must not block, and fail with
 * {@link RelayUnavailableException}.
 */
public interface LogSource {
    /**
     * What the broker has of a room.
     *
     * @param epoch null if the broker knows nothing of the room
     * @param offset offset of its newest message
     * @param base offset after which the epoch began
     * @param first offset of the oldest message that the log has; the next one if it has none
     * @param data name of the broker's data: see {@link io.roomcast.relay.Lives.Data}; empty if it is not known
     * @param messages from the log; consecutive, oldest first; without digests of keys
     */
    record LogCopy(String epoch, long offset, long base, long first, String data, List<Archive.Message> messages) {}

    /**
     * Some of the rooms that the broker knows.
     *
     * @param next where to go on; null at the end
     */
    record Found(List<RoomName> rooms, String next) {}

    /** Adds rooms of a shard to those with news. */
    CompletionStage<Void> note(int shard, Collection<RoomName> rooms);

    /** Takes rooms of a shard from those with news, {@code most} at most. Whoever calls copies them. */
    CompletionStage<List<RoomName>> take(int shard, int most);

    /** As {@link #take}, but they stay. */
    CompletionStage<List<RoomName>> look(int shard, int most);

    /**
     * Finds rooms, also such as have no news. A walk through all of them takes many calls.
     *
     * @param from null to begin
     */
    CompletionStage<Found> find(String from);

    /**
     * Reads what follows a message that was copied. The page begins with this message, if the log has it: so the caller
     * finds out whether it is still the same. If the room has a new epoch, the page begins at the end of the former one
     * at the latest.
     *
     * <p>If the broker has less than was copied, it ends the epoch: it has lost messages.
     *
     * @param copied null if nothing was
     * @param most messages; 0 for none
     * @param bytes most bytes of bodies, unless the first message is larger
     */
    CompletionStage<LogCopy> read(RoomName room, SeenMessage copied, int most, long bytes);

    /**
     * Lets the broker drop what it shows no longer, of what was copied. Messages that were not copied may stay longer.
     * May do nothing.
     */
    void trim(RoomName room, Position copied);

    /** Ends the epoch, because another message than {@code copied} is at its place. */
    CompletionStage<?> renumber(RoomName room, SeenMessage copied);

    /** The oldest messages after an offset that the log has, also such as are only kept until they are copied. */
    CompletionStage<LogPage> after(RoomName room, long offset, int limit);

    /** The newest messages before an offset, 0 for the end, as {@link #after}; oldest first. */
    CompletionStage<LogPage> before(RoomName room, long offset, int limit);
}
