package io.roomcast.room;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import java.util.concurrent.CompletionStage;

/** Where a room's messages come from. No method blocks; stages complete on any thread. */
public interface RoomSource {

    /**
     * Has the room's messages delivered to this node from now on.
     *
     * @return completes once the subscription is live, with the position after which the first delivery follows: whatever is stored
     *     up to it is in the history, whatever comes later will be delivered
     */
    CompletionStage<Position> subscribe(RoomName room);

    /** Where the room stands now, whatever has been delivered here so far. */
    CompletionStage<Position> position(RoomName room);

    /** Ends the deliveries. Calls for one room take effect in the order in which they were made. */
    void unsubscribe(RoomName room);

    /**
     * The oldest messages after {@code offset}.
     *
     * @param limit of messages, at least 1; there may be fewer when they are large
     */
    CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit);
}
