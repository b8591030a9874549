package io.roomcast.room;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import java.util.concurrent.CompletionStage;

/** The port to the relay: where a room's messages come from. No method blocks. Stages complete on any thread. */
public interface RoomSource {
    /** Most messages that a room requests in one page. The source bounds the bytes of a page by itself. */
    int PAGE_MESSAGES = 500;

    /**
     * Starts the deliveries of a room's messages to this node.
     *
     * @return completes once the subscription is live, with the position after which the deliveries begin: messages up
     *     to it are in the history, later ones are delivered
     */
    CompletionStage<Position> subscribe(RoomName room);

    /** The position of the room in the relay; deliveries on this node may be behind it. */
    CompletionStage<Position> position(RoomName room);

    /** Ends the deliveries. Calls for one room take effect in their order. */
    void unsubscribe(RoomName room);

    /**
     * The oldest messages after {@code offset}.
     *
     * @param limit number of messages, at least 1; the page may have fewer if they are large
     */
    CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit);
}
