package io.roomcast.relay;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchPage;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.room.RoomSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Stores published messages and delivers them to the nodes. {@code RelayContractTest} checks what every implementation
 * guarantees:
 *
 * <ul>
 *   <li><b>Stored, then acknowledged.</b> When a publish completes, its message is in the history, and is delivered to
 *       every subscribed node.
 *   <li><b>One order.</b> Within an epoch, the messages of a room have the offsets 1, 2, 3 … Every subscribed node
 *       receives each message once, in this order.
 *   <li><b>Idempotent publish.</b> A publish with a key that the room has seen within {@link #KEY_MEMORY_SECONDS}
 *       stores nothing. It completes with the position of the first message.
 *   <li><b>Reported loss.</b> If messages cannot be delivered to a node any more, {@link RelayListener#reset} reports
 *       the loss.
 * </ul>
 *
 * <p>Any thread may call. No method blocks. Stages complete on any thread. A stage fails with
 * {@link RelayUnavailableException} if the relay has not confirmed the call. The message of such a publish may have
 * been stored. To find out, publish it again with the same key. A stage fails with {@code ProtocolException}
 * ({@code busy}) if the node has no memory for the room. Then nothing was stored.
 *
 * <p>Several messages of one call are stored in one step: no other message comes between them. If one of them is
 * refused, those before it are stored, and none of those after it is.
 */
public interface Relay extends RoomSource, AutoCloseable {
    /** Maximum bytes of message bodies in a page of history. A page with a single message may be larger. */
    long PAGE_BYTES = 256 * 1024;

    /** A room remembers a key for at least this many seconds. */
    int KEY_MEMORY_SECONDS = 300;

    /** Sets the listener that receives the deliveries. Called once, before any other method. */
    void start(RelayListener listener);

    /**
     * Stores a message and delivers it to every subscribed node. If one thread publishes two messages to a room, they
     * are stored in the order of the calls.
     *
     * @param key idempotency key, or null if the publish is never repeated
     * @param body as {@link io.roomcast.protocol.StoredMessage#body} describes it
     */
    default CompletionStage<Position> publish(RoomName room, String key, byte[] body) {
        return Futures.map(
                publishAll(room, List.of(new Entry(key, body))),
                prefix -> prefix.positions().get(0));
    }

    /**
     * A message that is to be stored.
     *
     * @param key idempotency key, or null if the publish is never repeated
     * @param body as {@link io.roomcast.protocol.StoredMessage#body} describes it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(String key, byte[] body) {}

    /**
     * The first messages of a call, which are stored.
     *
     * @param positions of these messages, at least one; a message with a known key has the position of the earlier one
     * @param refusal why the next message was not stored, and none after it; null if all are stored
     */
    record Prefix(List<Position> positions, RuntimeException refusal) {}

    /**
     * Stores several messages as {@link #publish} would one after the other, and without others in between. Stops at
     * the first that is refused. The stage fails as that of {@link #publish} if no message is stored.
     *
     * @param entries not empty; the caller bounds their number and bytes, because other rooms wait meanwhile
     */
    CompletionStage<Prefix> publishAll(RoomName room, List<Entry> entries);

    /**
     * Delivers a frame to every subscribed node. The frame is never stored, and it may be lost. The array is shared,
     * so that the caller must not change it.
     */
    void signal(RoomName room, FrameKind kind, byte[] frame);

    /**
     * As {@link #historyAfter}, for somebody who reads page by page. Goes back as far as anything is kept. {@link
     * #historyAfter} may go back less far, because it serves members that come back, who are sent all that follows.
     */
    default CompletionStage<HistoryPage> browseAfter(RoomName room, long offset, int limit) {
        return historyAfter(room, offset, limit);
    }

    /**
     * The newest messages before {@code offset}, oldest first.
     *
     * @param offset exclusive; 0 for the end of the history
     * @param limit maximum number of messages; the page may have fewer if they are large
     */
    CompletionStage<HistoryPage> historyBefore(RoomName room, long offset, int limit);

    /**
     * Looks for messages by their words, in all that is kept.
     *
     * @return fails with {@code not_implemented} if nothing is kept that can be searched, and with {@code busy} if too
     *     many searches wait
     */
    default CompletionStage<SearchPage> search(Archive.Search search) {
        return CompletableFuture.failedFuture(new ProtocolException(
                ErrorCode.NOT_IMPLEMENTED, "this server keeps no messages that could be searched"));
    }

    /**
     * Checks whether {@link #restore} of these messages would succeed, one after the other. Stores nothing.
     *
     * @return fails as {@link #restore}
     */
    default CompletionStage<Void> checkRestore(RoomName room, List<Restoring> messages) {
        return CompletableFuture.failedFuture(new ProtocolException(
                ErrorCode.NOT_IMPLEMENTED, "this node has no archive of its own to which messages could be brought"));
    }

    /**
     * Stores messages at the places that they had elsewhere: in a room that has nothing, or has what comes before them.
     * Those that the room has already are left as they are, and must be the same. Nobody is delivered them.
     *
     * @param messages the caller bounds their number and bytes, because other rooms wait meanwhile
     * @return fails with {@code conflict} if the room has others or a member, and with {@code not_implemented} if this relay
     *     has no archive that it can write to
     */
    default CompletionStage<Restoring.Done> restore(RoomName room, Restoring messages) {
        return CompletableFuture.failedFuture(new ProtocolException(
                ErrorCode.NOT_IMPLEMENTED, "this node has no archive of its own to which messages could be brought"));
    }

    /**
     * Puts other bodies in place of those of messages, wherever this relay keeps them beside an archive. Nobody is
     * delivered them. A message that the relay has no longer stays away.
     *
     * @return completes when {@link #historyBefore} and the other reads give the new bodies; fails with
     *     {@code not_implemented} if this relay cannot change what it keeps
     */
    default CompletionStage<Void> replace(RoomName room, String epoch, List<StoredMessage> messages) {
        return CompletableFuture.failedFuture(new ProtocolException(
                ErrorCode.NOT_IMPLEMENTED, "this relay cannot change a message; it forgets it with its history"));
    }

    /**
     * Sends a message from this node to itself, on the same path as all deliveries. The stage completes when the
     * message has arrived. A probe that completes in time proves that the relay delivers messages to this node.
     */
    CompletionStage<Void> probe();

    /** What this relay does otherwise than this page says; empty if nothing. Never changes. */
    default Set<Trait> traits() {
        return Set.of();
    }

    /** Whether the history is in the memory of this process. A room then needs no copy of its latest messages. */
    boolean isLocal();

    /** Completes the accepted publishes, within a few seconds, and then ends all threads and connections. */
    @Override
    void close();
}
