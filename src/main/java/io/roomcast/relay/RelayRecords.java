package io.roomcast.relay;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What a broker keeps beside an {@link Archive} that nodes share, for those who take messages away or have them erased.
 * The archive gets it a moment later.
 *
 * <p>Any thread may call. No method blocks. Stages complete on a thread that must not block, and fail with
 * {@link RelayUnavailableException}.
 */
public interface RelayRecords {
    /**
     * Some of the rooms that the broker knows.
     *
     * @param next where to go on; null at the end
     */
    record Rooms(List<RoomName> rooms, String next) {}

    /**
     * The end of a room's log.
     *
     * @param last the newest message of the room; null if the broker knows nothing of the room
     * @param base offset after which its epoch began
     * @param isEmpty whether the log has no messages: there were none, or they are too old
     */
    record End(Position last, long base, boolean isEmpty) {}

    /**
     * Messages that have a text.
     *
     * @param epoch of the room now
     * @param messages oldest first
     * @param next offset after which to go on; 0 at the end
     */
    record Found(String epoch, List<StoredMessage> messages, long next) {}

    /**
     * Finds rooms. A walk through all of them takes many calls, and finds each room that is there from its beginning to
     * its end. It may find a room twice.
     *
     * @param from null to begin
     */
    CompletionStage<Rooms> rooms(String from);

    CompletionStage<End> end(RoomName room);

    /** Asks for the room to be copied to the archive soon. */
    CompletionStage<Void> hasten(RoomName room);

    /**
     * Claims places of a room for messages that are brought from elsewhere to the archive: the numbering goes on after
     * them. Those who claim places store the messages at once. If they cannot, the places may be claimed again for the
     * same messages.
     *
     * @param present the last message of the room, which is in the archive; null if the room must have none
     * @param first the first of the messages
     * @param last the last of them, of the same epoch
     * @return fails with {@code conflict} if the room does not end there, or somebody may be in it
     */
    CompletionStage<Void> claim(RoomName room, Position present, Position first, Position last);

    /**
     * Finds messages of a room whose bodies have a text.
     *
     * @param text empty for all messages
     * @param after offset after which to begin
     */
    CompletionStage<Found> find(RoomName room, String text, long after);
}
