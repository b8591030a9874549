package io.roomcast.archiver;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import java.util.concurrent.CompletionStage;

/**
 * What a node must say and ask when it publishes over a broker whose rooms may be restored. Any thread may call. No
 * method blocks.
 */
public interface Admission {
    /** The life under which this node publishes now, and its number: see {@link LiveBroker#admit}. */
    record Pass(String life, long number) {}

    Pass pass();

    /**
     * Must be called before a publish is sent, and then {@link #stored} or {@link #failed}, once.
     *
     * @return false if it may not be sent now
     */
    boolean sending(RoomName room);

    /** @param last position of the last message of the publish */
    void stored(RoomName room, Position last);

    /** @param isNothingDone whether it certainly has no effect, neither now nor later */
    void failed(RoomName room, boolean isNothingDone);

    /** The broker has refused a publish, because the node is not admitted. */
    void fenced();

    /** The broker has nothing of the room. Completes when it has. */
    CompletionStage<Void> absent(RoomName room);
}
