package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore.Roster;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * The presence of one room, as this node last reported it to the listener. It is a <i>fold</i> as in functional
 * programming and event sourcing, which means a state to which changes are applied one after the other. The state is
 * the users and a revision.
 *
 * <p>While the fold is in sync, it reports each change whose {@code previous} is the fold's revision. Changes may be
 * missing after a gap in the revisions, a new subscription, or a comparison that found another revision. The fold then
 * holds the changes that arrive, and requests the roster. It reports the difference, and is in sync again.
 *
 * <pre>
 *   NEW ──channelSubscribed, changesMissed──▶ READING ──rosterRead──▶ IN SYNC
 *                                                ▲                       │ gap, changesMissed, other revision,
 *                                                └───────────────────────┘ or small again
 * </pre>
 *
 * <p><b>Absent users.</b> If a new roster lacks a user, the fold reports at once that the user has left. But the fold
 * does not report this if the store may have lost the user. The store may have lost users in three cases:
 *
 * <ul>
 *   <li>The caller of {@link #rosterRead} says that the roster is not certain.
 *   <li>The roster has another origin than the fold.
 *   <li>The roster has a lower revision than the fold.
 * </ul>
 *
 * <p>The fold counts such a user as present but unconfirmed, since the user's node should enter the user again. It
 * reports the leave if the user is still absent from the roster after {@link #dropUnconfirmed}. Joins are reported at
 * once.
 *
 * <p><b>Large rooms.</b> If a room has more users than {@code maxNames}, the fold keeps only their number. When the
 * room is small enough again, the fold requests the roster.
 *
 * <p><b>Concurrency.</b> Any thread may call. The fold's monitor guards all state. The listener and {@link Rosters} are
 * called inside the monitor, and must not block. {@link #firstRoster} completes outside of the monitor. {@code
 * readNumber} counts the reads. Only the reply to the latest read is used.
 */
public final class PresenceFold {
    /** Most changes that are held during a read. Further changes are dropped, and the roster is read again. */
    private static final int MAX_HELD = 1_000;
    /** Most characters of the users in the changes that are held, which bounds the memory for long names. */
    private static final int MAX_HELD_LENGTH = 128 * 1024;

    /** Reads rosters and schedules calls for a fold. Called inside the fold's monitor, so that no method may block. */
    public interface Rosters {
        /**
         * Reads the roster, then calls {@link #rosterRead} or {@link #readFailed} with the same read number.
         *
         * @param maxNames maximum number of names in the roster
         */
        void read(PresenceFold fold, int readNumber, int maxNames);

        /** Calls {@link #retry} with the read number after a short delay. */
        void retryLater(PresenceFold fold, int readNumber);

        /**
         * Calls {@link #dropUnconfirmed} after the time that other nodes need to enter lost users again. Does not
         * block.
         */
        void dropUnconfirmedLater(PresenceFold fold);
    }

    private final RoomName room;
    private final int maxNames;
    private final PresenceListener listener;
    private final Rosters rosters;
    /** Changes that arrived during a read, in the order of arrival. */
    private final ArrayDeque<PresenceChange> held = new ArrayDeque<>(0);
    /** The characters of the users in {@code held}. */
    private int heldLength;
    /** Users in the room; null before the first roster, and while the room is too large for names. */
    private Map<UserId, User> presentUsers;
    /** The users in {@code presentUsers} whom the store may have lost, and whom their nodes should enter again. */
    private Set<UserId> unconfirmed = new TreeSet<>();

    private final CompletableFuture<Void> firstRoster = new CompletableFuture<>();
    /** Whether the listener has received a roster. */
    private boolean listenerHasRoster;

    /** Whether no read is in progress, so that changes are applied when they arrive. */
    private boolean inSync;
    /** Whether a change was dropped because too much was held. */
    private boolean heldOverflowed;
    /** Whether a call of {@link #dropUnconfirmed} is scheduled. */
    private boolean dropScheduled;

    private boolean closed;
    /** Whether the last comparison found another revision, and no change was applied since. */
    private boolean mismatchSeen;

    /** Number of the latest read; 0 if there was none. */
    private int readNumber;
    /** The revision that was reported last. */
    private long revision;
    /** As in {@link Roster#origin}. */
    private long origin;
    /** The number of users that was reported last. */
    private long count;

    /** @param maxNames most users of a room whose users are reported by name */
    public PresenceFold(RoomName room, int maxNames, PresenceListener listener, Rosters rosters) {
        this.room = room;
        this.maxNames = maxNames;
        this.listener = listener;
        this.rosters = rosters;
    }

    public RoomName room() {
        return room;
    }

    /**
     * Completes when the listener has received the first roster. The listener then receives every later change. Fails
     * if the first roster cannot be read, or if the fold is closed first.
     */
    public CompletionStage<Void> firstRoster() {
        return firstRoster;
    }

    /** Reads the roster, since changes may have been missed. */
    public synchronized void changesMissed() {
        read();
    }

    /** Must be called when the room's channel is subscribed. Reads the roster, unless it was read before. */
    public synchronized void channelSubscribed() {
        if (readNumber == 0) {
            read();
        }
    }

    /** Takes a change that arrived on the room's channel. Ignores a change that the fold already contains. */
    public synchronized void arrive(PresenceChange change) {
        if (closed) {
            return;
        }
        if (!inSync) {
            hold(change);
        } else if (change.revision() > revision) {
            if (isNext(change)) {
                apply(change);
            } else {
                hold(change);
                read();
            }
        }
    }

    private boolean isNext(PresenceChange change) {
        return change.previous() == revision
                || change.previous() == 0 && presentUsers != null && presentUsers.isEmpty();
    }

    private void hold(PresenceChange change) {
        int length = change.length();
        if (held.size() < MAX_HELD && heldLength + length <= MAX_HELD_LENGTH) {
            held.add(change);
            heldLength += length;
        } else {
            heldOverflowed = true;
        }
    }

    private void apply(PresenceChange change) {
        mismatchSeen = false;
        if (change.previous() == 0) {
            origin = change.revision();
        }
        if (presentUsers == null || change.count() > maxNames) {
            forgetNames();
            report(change.revision(), change.count(), List.of(), List.of(), List.of());
            if (change.count() <= maxNames) {
                read();
            }
            return;
        }
        unconfirmed.removeAll(change.left());
        change.joined().forEach(user -> unconfirmed.remove(user.id()));
        List<UserId> left = change.left().stream()
                .filter(user -> presentUsers.remove(user) != null)
                .toList();
        List<User> shown = Stream.concat(change.joined().stream(), change.renamed().stream())
                .toList();
        reportUsers(change.revision(), left, change.joined(), shown);
    }

    /**
     * Reports who has left, who is new, and who is shown otherwise now.
     *
     * @param entered users who are present now, whether they were before or not
     * @param shown users as they are shown now; those who are not present do not count
     */
    private void reportUsers(long next, List<UserId> left, List<User> entered, List<User> shown) {
        List<User> renamed = shown.stream().filter(this::isShownOtherwise).toList();
        renamed.forEach(user -> presentUsers.put(user.id(), user));
        List<User> joined = entered.stream()
                .filter(user -> presentUsers.putIfAbsent(user.id(), user) == null)
                .toList();
        report(next, presentUsers.size(), joined, renamed, left);
    }

    private boolean isShownOtherwise(User user) {
        User known = presentUsers.get(user.id());
        return known != null && !known.equals(user);
    }

    private void report(long next, long users, List<User> joined, List<User> renamed, List<UserId> left) {
        long previous = revision;
        revision = next;
        count = users;
        listener.presenceChanged(room, new PresenceChange(previous, next, users, joined, renamed, left));
    }

    /**
     * Takes the reply to {@link Rosters#read}.
     *
     * @param number the read number of the call
     * @param rosterIsCertain false if the store may have lost users whom their nodes have not entered again yet
     */
    public void rosterRead(int number, Roster roster, boolean rosterIsCertain) {
        if (applyRoster(number, roster, rosterIsCertain)) {
            firstRoster.complete(null);
        }
    }

    private synchronized boolean applyRoster(int number, Roster roster, boolean rosterIsCertain) {
        if (closed || number != readNumber) {
            return false;
        }
        boolean hasNames = roster.count() <= maxNames;
        if (!listenerHasRoster || hasNames && presentUsers == null) {
            presentUsers = hasNames ? byId(roster) : null;
            revision = roster.revision();
            count = roster.count();
            listener.rosterReceived(
                    room,
                    hasNames ? roster : new Roster(roster.count(), List.of(), roster.revision(), roster.origin()));
        } else if (!hasNames) {
            forgetNames();
            report(revisionOf(roster), roster.count(), List.of(), List.of(), List.of());
        } else {
            reportDifference(roster, rosterIsCertain && roster.origin() == origin && revisionOf(roster) >= revision);
        }
        origin = roster.origin();
        listenerHasRoster = true;
        releaseHeld();
        return true;
    }

    /** @param rosterIsCertain whether absent users have left; the users in {@code unconfirmed} are kept in any case */
    private void reportDifference(Roster roster, boolean rosterIsCertain) {
        Set<UserId> absent = new TreeSet<>(presentUsers.keySet());
        roster.users().forEach(user -> absent.remove(user.id()));
        Set<UserId> keptUsers = new TreeSet<>(absent);
        if (rosterIsCertain) {
            keptUsers.retainAll(unconfirmed);
        }
        unconfirmed = keptUsers;
        List<UserId> left =
                absent.stream().filter(user -> !keptUsers.contains(user)).toList();
        left.forEach(presentUsers::remove);
        reportUsers(revisionOf(roster), left, roster.users(), roster.users());
        if (!unconfirmed.isEmpty() && !dropScheduled) {
            dropScheduled = true;
            rosters.dropUnconfirmedLater(this);
        }
    }

    private static Map<UserId, User> byId(Roster roster) {
        Map<UserId, User> users = new HashMap<>();
        roster.users().forEach(user -> users.put(user.id(), user));
        return users;
    }

    /** The revision of the roster. The fold keeps its own revision if the store has none, as for an empty room. */
    private long revisionOf(Roster roster) {
        return roster.revision() == 0 ? revision : roster.revision();
    }

    /**
     * Ends the wait for unconfirmed users, since their nodes have had time to enter them again. Reads the roster, and
     * then reports that the users who are still absent have left.
     */
    public synchronized void dropUnconfirmed() {
        dropScheduled = false;
        if (!closed && !unconfirmed.isEmpty()) {
            unconfirmed = new TreeSet<>();
            read();
        }
    }

    private void forgetNames() {
        presentUsers = null;
        unconfirmed = new TreeSet<>();
    }

    private void releaseHeld() {
        inSync = true;
        boolean readAgain = heldOverflowed;
        heldOverflowed = false;
        while (inSync && !held.isEmpty()) {
            PresenceChange next = held.remove();
            heldLength -= next.length();
            arrive(next);
        }
        if (readAgain) {
            read();
        }
    }

    /** Takes the failure of a {@link Rosters#read}. If a roster was reported before, the read is repeated later. */
    public void readFailed(int number, Throwable failure) {
        synchronized (this) {
            if (closed || number != readNumber) {
                return;
            }
            if (listenerHasRoster) {
                rosters.retryLater(this, number);
                return;
            }
        }
        firstRoster.completeExceptionally(failure); // The caller of PresenceStore.watch() then unwatches the room.
    }

    /** Reads the roster again, unless another read has started since the failed one. */
    public synchronized void retry(int failedRead) {
        if (failedRead == readNumber) {
            read();
        }
    }

    /**
     * Compares the fold's revision with the revision in the store. After a first mismatch, the caller must compare
     * again, since a change may still be on its way from the store. After a second mismatch in a row, the fold reads
     * the roster.
     *
     * @return whether the caller should compare again soon
     */
    public synchronized boolean compareRevision(long storeRevision) {
        if (closed || !inSync || storeRevision == revision || storeRevision == 0 && count == 0) {
            mismatchSeen = false;
            return false;
        }
        if (mismatchSeen) {
            mismatchSeen = false;
            read();
            return false;
        }
        mismatchSeen = true;
        return true;
    }

    private void read() {
        if (!closed) {
            inSync = false;
            rosters.read(this, ++readNumber, maxNames);
        }
    }

    /** Ends the fold. After this method has returned, the listener is not called any more. */
    public void close() {
        synchronized (this) {
            closed = true;
            inSync = false;
            held.clear();
            heldLength = 0;
        }
        firstRoster.completeExceptionally(new RelayUnavailableException("the room is no longer watched"));
    }
}
