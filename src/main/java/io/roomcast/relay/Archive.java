package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

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
 * <p>Every method but {@link #salt} and {@link #place} blocks while the database works. So only threads that serve
 * nobody else may call. Any number of them may call at once. Every method throws {@link ArchiveException} if the
 * database cannot do what it is asked.
 */
public interface Archive extends AutoCloseable {
    /**
     * The newest numbering of a room.
     *
     * @param offset offset of the last message that was stored in it
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
     * Offset of the oldest message of an epoch that is stored; of the next one if there is none. What is older was deleted
     * by {@link #deleteOldest}.
     */
    long firstOffset(RoomName room, String epoch);

    /**
     * An epoch of a room, for those who look at all of them.
     *
     * @param id what the archive calls it; greater than 0, and greater for those that began later
     * @param name as in {@link io.roomcast.protocol.Position}
     * @param indexedTo offset up to which its messages are in the index of the search
     */
    record Epoch(long id, RoomName room, String name, long indexedTo) {}

    /**
     * The epochs of all rooms in the order of their ids.
     *
     * @param after the id before the first; 0 to begin
     * @param limit most epochs
     */
    List<Epoch> epochs(long after, int limit);

    /** The epochs of a room in the order of their ids: the newest is the last. Empty if nothing of the room was stored. */
    List<Epoch> epochs(RoomName room);

    /**
     * As {@link #after(RoomName, String, long, int, long)}, of any epoch.
     *
     * @param epoch its id
     */
    List<Message> after(long epoch, long offset, int limit, long maxBytes);

    /**
     * A message that somebody has sent.
     *
     * @param id what the index of the search calls it; greater than 0
     * @param epoch id of the epoch
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Sent(long id, long epoch, long offset, byte[] body) {}

    /**
     * The messages of a sender that are in the index of the search, in the order of their ids there.
     *
     * @param after the id before the first; 0 to begin
     * @param limit most messages
     * @param maxBytes as for {@link #before}
     */
    List<Sent> sentBy(UserId sender, long after, int limit, long maxBytes);

    /**
     * Puts other bodies in place of those of messages, in one commit, and into the index of the search. Nothing else of a
     * message is changed, and what was deleted stays so.
     *
     * @param epoch its id
     */
    void replace(long epoch, List<StoredMessage> messages);

    /**
     * Deletes the oldest messages of an epoch, back to the first that is not old, in one commit. Their offsets are never
     * given again.
     *
     * @param epoch its id
     * @param time messages that were stored before are old; in milliseconds since 1970 UTC
     * @param limit most messages
     * @return how many were deleted; fewer than {@code limit} if no others are old
     */
    int deleteOldest(long epoch, long time, int limit);

    /**
     * Puts messages into the index of the search that are not there yet, in one commit. {@link #append} leaves this to
     * whoever calls here again and again: those who publish do not wait for it. Called by one thread at a time.
     *
     * @param limit most messages
     * @return how many; 0 if none is left, or while they are being looked for
     */
    int index(int limit);

    /**
     * What is looked for.
     *
     * @param rooms where; null for all
     * @param sender the id of whoever has published; null for everybody
     * @param from the earliest time at which a message was stored, in milliseconds since 1970 UTC
     * @param to the time before which it was stored
     * @param cursor {@code next} of the page before; 0 for the newest
     * @param limit most messages
     * @param maxBytes most bytes of bodies; a single message may have more
     */
    record Search(
            SearchTerms terms,
            List<RoomName> rooms,
            String sender,
            long from,
            long to,
            long cursor,
            int limit,
            long maxBytes) {}

    /** A message with all the words. */
    record Found(RoomName room, String epoch, Message message) {}

    /**
     * A page of a search.
     *
     * @param messages newest first; may be fewer than the limit, or none, although there are more, because the time of a
     *     search is bounded
     * @param next where the next page begins; 0 if there are no more
     */
    record FoundPage(List<Found> messages, long next) {}

    /**
     * Looks for messages by their words, of all epochs, newest first. What {@link #index} has not done yet is not found.
     * Takes some seconds at most.
     */
    FoundPage search(Search search);

    /**
     * Those of the words of a text that each of {@link SearchTerms#singles} finds, such as other forms of a word. Has no
     * entry for a word that the database does not look for.
     */
    Map<SearchTerms.Term, Set<String>> matching(SearchTerms terms, Set<String> words);

    /** About how many messages are not in the index of the search yet. Empty while they are being looked for. */
    OptionalLong unindexed();

    /**
     * Commits something that is no message, to find out whether a commit is possible.
     *
     * @param bytes how large the commit is at least; it is taken back
     */
    void check(int bytes);

    /**
     * Copies of what a broker keeps, in the same database.
     *
     * @throws UnsupportedOperationException if nodes cannot share the database
     */
    default Copies copies() {
        throw new UnsupportedOperationException("this archive belongs to one node");
    }

    /**
     * The lives of the nodes that share the database.
     *
     * @throws UnsupportedOperationException if nodes cannot share the database
     */
    default Lives lives() {
        throw new UnsupportedOperationException("this archive belongs to one node");
    }

    /** Where the messages are, as operators know it. */
    String place();

    /** Ends the connections to the database. The second call does nothing. */
    @Override
    void close();
}
