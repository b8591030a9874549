package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import java.util.List;
import java.util.Optional;

/**
 * Keeps messages longer than any process, in a database. {@code ArchiveContractTest} checks what every implementation
 * guarantees:
 *
 * <ul>
 *   <li><b>One commit for each call.</b> {@link #append} stores all its messages, or none. When it returns, they outlive
 *       the process and the power.
 *   <li><b>A place is for ever.</b> An epoch and an offset of a room never hold two messages. An {@link #append} that
 *       would store a second one fails.
 *   <li><b>Pages are bounded</b> by number and bytes. A page is found by its first offset, however much is stored.
 * </ul>
 *
 * <p>Every method but {@link #salt} and {@link #place} blocks while the database works. So only threads that serve nobody else may call. Any number of them
 * may call at once. Every method throws {@link ArchiveException} if the database cannot do what it is asked.
 */
public interface Archive extends AutoCloseable {
    /**
     * The newest numbering of a room.
     *
     * @param offset offset of the last message that is stored in it
     */
    record Numbering(String epoch, long offset) {}

    /**
     * A message as it is stored.
     *
     * @param storedAt milliseconds since 1970 UTC, by the clock of the node that stored it
     * @param keyDigest digest of the idempotency key, or null if there was none
     * @param body as {@link io.roomcast.protocol.StoredMessage#body} describes it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Message(long offset, long storedAt, byte[] keyDigest, byte[] body) {}

    /**
     * Consecutive messages of one numbering of a room.
     *
     * @param messages not empty, oldest first
     */
    record Run(RoomName room, String epoch, List<Message> messages) {}

    /**
     * Random bytes that were made with the archive, and stay as they are as long as it exists. Secret. Not shared. Never
     * blocks: fails if they are not known yet. They are, once a call that may block has succeeded.
     */
    byte[] salt();

    /** The newest numbering of the room; empty if nothing of the room was ever stored. */
    Optional<Numbering> numbering(RoomName room);

    /**
     * Stores messages in one commit. An epoch that the room has not had yet begins its newest numbering.
     *
     * <p>If the call fails, the messages may have been stored all the same. {@link #numbering} tells.
     */
    void append(List<Run> runs);

    /**
     * The newest messages before an offset, oldest first.
     *
     * @param limit most messages
     * @param maxBytes most bytes of bodies; a single message may have more
     */
    List<Message> before(RoomName room, String epoch, long offset, int limit, long maxBytes);

    /** The oldest messages after an offset, oldest first; bounded as {@link #before}. */
    List<Message> after(RoomName room, String epoch, long offset, int limit, long maxBytes);

    /**
     * An idempotency key of a message.
     *
     * @param storedAt as in {@link Message}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Key(long offset, long storedAt, byte[] digest) {}

    /**
     * The keys of the messages of an epoch that were stored at {@code time} or later, oldest first. Looks at messages
     * from the newest back to the first that is older.
     *
     * @param time in milliseconds since 1970 UTC
     */
    List<Key> keysSince(RoomName room, String epoch, long time);

    /**
     * Commits something that is no message, to find out whether a commit is possible.
     *
     * @param bytes how large the commit is at least; it is taken back
     */
    void check(int bytes);

    /** Where the messages are, as operators know it. */
    String place();

    /** Ends the connections to the database. The second call does nothing. */
    @Override
    void close();
}
