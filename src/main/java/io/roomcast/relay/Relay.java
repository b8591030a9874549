package io.roomcast.relay;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.RoomSource;
import java.util.concurrent.CompletionStage;

/**
 * Carries published messages between nodes, and keeps them. Every implementation promises, and {@code RelayContractTest} checks:
 *
 * <ul>
 *   <li><b>Stored, then acknowledged.</b> A publish that completes is in the history, and is delivered to every node that is subscribed.
 *   <li><b>One order.</b> A room's messages have the offsets 1, 2, 3 … within an epoch, and every node is delivered all of them, in this
 *       order, each once.
 *   <li><b>Once by key.</b> A publish with a key that the room has seen within {@link #KEY_MEMORY_SECONDS} stores nothing and completes
 *       with the first position.
 *   <li><b>Honest loss.</b> What cannot be delivered to a node any more is told by {@link RelayListener#reset}.
 * </ul>
 *
 * <p>Any thread may call; nothing blocks. Stages complete on any thread, and fail with {@link RelayUnavailableException} when it is not
 * known that the message was stored: it may have been. Publishing again with the same key finds out.
 */
public interface Relay extends RoomSource, AutoCloseable {
    /** Most bytes of messages in a page of history. A single message may be larger. */
    long PAGE_BYTES = 256 * 1024;

    /** How long a publish can be repeated by its key, at least. */
    int KEY_MEMORY_SECONDS = 300;

    /** Names who is delivered to. Called once, before any other method. */
    void start(RelayListener listener);

    /**
     * Stores a message and delivers it to every node with members in the room. Two publishes to one room from one thread are stored in the
     * order of the calls.
     *
     * @param key makes it repeatable, or null
     * @param body as {@link io.roomcast.protocol.StoredMessage#body} describes it
     */
    CompletionStage<Position> publish(RoomName room, String key, byte[] body);

    /** Hands a frame to every node with members in the room; best effort, never stored. {@code frame} is shared, not copied. */
    void signal(RoomName room, FrameKind kind, byte[] frame);

    /**
     * The newest messages before {@code offset}, oldest first.
     *
     * @param offset exclusive; 0 for the end
     */
    CompletionStage<HistoryPage> historyBefore(RoomName room, long offset, int limit);

    /**
     * Sends something through the relay, and completes when it came back to this node the way that deliveries come. What completes
     * within its time proves that messages are delivered here.
     */
    CompletionStage<Void> probe();

    /** Whether the history is in this process's memory: a room need keep nothing of it again. */
    boolean isLocal();

    /** Ends all threads and connections. Publishes that were accepted are finished first, within a few seconds. */
    @Override
    void close();
}
