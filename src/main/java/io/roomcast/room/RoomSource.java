package io.roomcast.room;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import java.util.concurrent.CompletionStage;

/** The port to the relay, from which a room's messages come. No method blocks. Stages complete on any thread. */
public interface RoomSource {
    /** Most messages that a room requests in one page. The source also bounds the bytes of a page. */
    int PAGE_MESSAGES = 500;

    /**
     * Starts the deliveries of a room's messages to this node.
     *
     * @return completes when the subscription is active, with the position after which the deliveries begin. Messages
     *     up to this position are in the history. Later messages are delivered. The position has its proof if the
     *     history has the message there.
     */
    CompletionStage<Position> subscribe(RoomName room);

    /** The position of the room's last message in the relay. This node may not have delivered that message yet. */
    CompletionStage<Position> position(RoomName room);

    /** Ends the deliveries. Calls for one room take effect in their order. */
    void unsubscribe(RoomName room);

    /**
     * The oldest messages after {@code offset}.
     *
     * @param limit number of messages, at least 1; the page may have fewer if they are large
     */
    CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit);

    /**
     * As {@link #historyAfter}, for members that were told that nothing is missing: a read that fails may be repeated for
     * some seconds.
     */
    default CompletionStage<HistoryPage> promisedHistoryAfter(RoomName room, long offset, int limit) {
        return historyAfter(room, offset, limit);
    }
}
