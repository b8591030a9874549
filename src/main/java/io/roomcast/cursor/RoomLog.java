package io.roomcast.cursor;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import java.util.concurrent.CompletionStage;

/** The logs of the rooms, in a broker. Any thread may call. No method blocks. Stages complete on any thread. */
public interface RoomLog {
    /**
     * Reads a page of at most {@link GapRepair#PAGE_MESSAGES}.
     *
     * @param last the message that was delivered last; or null, for the newest message. The page begins with the message
     *     at this position, if the log has it: so the caller finds out whether it is still the same message.
     */
    CompletionStage<LogPage> read(RoomName room, Position last);

    /**
     * Ends the epoch, in which messages were lost.
     *
     * @param last position of the last message that was delivered
     */
    CompletionStage<?> renumber(RoomName room, Position last);
}
