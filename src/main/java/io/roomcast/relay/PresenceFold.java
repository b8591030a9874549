package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceStore.Roster;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The presence of one room, as this node last reported it to the listener. While the fold is live, it reports each
 * change whose {@code previous} is the fold's revision. Changes may be missing after a gap in the revisions, a new
 * subscription, or a comparison that found another revision. The fold then holds the changes that arrive, requests the
 * roster, reports the difference, and is live again.
 *
 * <pre>
 *   NEW ──subscribed, missed──▶ READING ──roster──▶ LIVE
 *                                  ▲                  │ gap, missed, other revision, small again
 *                                  └──────────────────┘
 * </pre>
 *
 * <p><b>Absent users.</b> A user who is not in a new roster has left, and the fold reports this at once. The exception
 * is a user whom the store may have lost: the roster is uncertain, or has another origin or a lower revision than the
 * fold. The fold counts such a user as present, since the user's node should enter the user again. It reports the leave
 * if the user is still absent after {@link #settle}. Joins are reported at once.
 *
 * <p><b>Large rooms.</b> If a room has more users than {@code maxNames}, the fold keeps only their number. When the
 * room is small enough again, the fold requests the roster.
 *
 * <p><b>Concurrency.</b> Any thread. The monitor guards all state. The listener and {@link Rosters} are called inside
 * it, and must not block. {@code known} is completed outside it. {@code readNumber} counts the reads: only the reply to
 * the latest is used.
 */
public final class PresenceFold {
    /** Most changes that are held during a read. If more arrive, they are dropped, and the roster is read again. */
    private static final int MAX_HELD = 1_000;

    /** Reads rosters and schedules calls for a fold. Called inside the fold's monitor: a method must not block. */
    public interface Rosters {
        /**
         * Reads the roster, then calls {@link #roster} or {@link #failed} with the same read number.
         *
         * @param maxNames maximum number of names in the roster
         */
        void read(PresenceFold fold, int readNumber, int maxNames);

        /** Calls {@link #retry} with the read number after a short delay. */
        void again(PresenceFold fold, int readNumber);

        /** Calls {@link #settle} after the time that other nodes need to enter lost users again. */
        void await(PresenceFold fold);
    }

    private final RoomName room;
    private final int maxNames;
    private final PresenceListener listener;
    private final Rosters rosters;
    private final ArrayDeque<PresenceChange> held = new ArrayDeque<>(0);
    /** Users in the room; null before the first roster, and while the room is too large for names. */
    private Set<UserName> present;
    /** Those of {@code present} whom the store may have lost: the fold waits until their nodes enter them again. */
    private Set<UserName> maybeLost = new TreeSet<>();

    private final CompletableFuture<Void> known = new CompletableFuture<>();
    /** Whether the listener has received a roster. */
    private boolean presented;

    private boolean live;
    /** Whether a change was dropped because too many were held. */
    private boolean overflowed;
    /** Whether a call of {@link #settle} is due. */
    private boolean awaiting;

    private boolean closed;
    /** Whether the last comparison found another revision, and no change was applied since. */
    private boolean mismatched;

    private int readNumber;
    private long revision;
    private long origin;
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
     * Completes when the listener has received the first roster; the listener receives every later change. Fails if the
     * first roster cannot be read, or if the fold is closed before.
     */
    public CompletionStage<Void> known() {
        return known;
    }

    /** Changes may have been missed: reads the roster. */
    public synchronized void missed() {
        read();
    }

    /** The room's channel is subscribed. Reads the roster, unless a read has begun before. */
    public synchronized void subscribed() {
        if (readNumber == 0) {
            read();
        }
    }

    /** Receives a change from the room's channel. Ignores a change that the fold already contains. */
    public synchronized void arrive(PresenceChange change) {
        if (closed) {
            return;
        }
        if (!live) {
            hold(change);
        } else if (change.revision() > revision) {
            if (follows(change)) {
                apply(change);
            } else {
                hold(change);
                read();
            }
        }
    }

    private boolean follows(PresenceChange change) {
        return change.previous() == revision || change.previous() == 0 && present != null && present.isEmpty();
    }

    private void hold(PresenceChange change) {
        if (held.size() < MAX_HELD) {
            held.add(change);
        } else {
            overflowed = true;
        }
    }

    private void apply(PresenceChange change) {
        mismatched = false;
        if (change.previous() == 0) {
            origin = change.revision();
        }
        if (present == null || change.count() > maxNames) {
            forgetNames();
            report(change.revision(), change.count(), List.of(), List.of());
            if (change.count() <= maxNames) {
                read();
            }
            return;
        }
        maybeLost.removeAll(change.left());
        maybeLost.removeAll(change.joined());
        List<UserName> left = change.left().stream().filter(present::remove).toList();
        List<UserName> joined = change.joined().stream().filter(present::add).toList();
        report(change.revision(), present.size(), joined, left);
    }

    private void report(long next, long users, List<UserName> joined, List<UserName> left) {
        long previous = revision;
        revision = next;
        count = users;
        listener.changed(room, new PresenceChange(previous, next, users, joined, left));
    }

    /**
     * The reply to {@link Rosters#read}.
     *
     * @param certain false if the store may have lost users whom their nodes have not entered again yet
     */
    public void roster(int number, Roster roster, boolean certain) {
        if (use(number, roster, certain)) {
            known.complete(null);
        }
    }

    private synchronized boolean use(int number, Roster roster, boolean certain) {
        if (closed || number != readNumber) {
            return false;
        }
        boolean named = roster.count() <= maxNames;
        if (!presented || named && present == null) {
            present = named ? new HashSet<>(roster.users()) : null;
            revision = roster.revision();
            count = roster.count();
            listener.present(
                    room, named ? roster : new Roster(roster.count(), List.of(), roster.revision(), roster.origin()));
        } else if (!named) {
            forgetNames();
            report(revisionOf(roster), roster.count(), List.of(), List.of());
        } else {
            reportDifference(roster, certain && roster.origin() == origin && revisionOf(roster) >= revision);
        }
        origin = roster.origin();
        presented = true;
        resume();
        return true;
    }

    private void reportDifference(Roster roster, boolean certain) {
        Set<UserName> gone = new TreeSet<>(present);
        gone.removeAll(new HashSet<>(roster.users()));
        Set<UserName> uncertain = new TreeSet<>(gone);
        if (certain) {
            uncertain.retainAll(maybeLost);
        }
        maybeLost = uncertain;
        gone.removeAll(uncertain);
        present.removeAll(gone);
        List<UserName> joined = roster.users().stream().filter(present::add).toList();
        report(revisionOf(roster), present.size(), joined, List.copyOf(gone));
        if (!maybeLost.isEmpty() && !awaiting) {
            awaiting = true;
            rosters.await(this);
        }
    }

    /** The store may have no revision for an empty room: the fold then keeps its own. */
    private long revisionOf(Roster roster) {
        return roster.revision() == 0 ? revision : roster.revision();
    }

    /**
     * The nodes of lost users have had time to enter them again. Users who are still absent from the next roster have
     * left.
     */
    public synchronized void settle() {
        awaiting = false;
        if (!closed && !maybeLost.isEmpty()) {
            maybeLost = new TreeSet<>();
            read();
        }
    }

    private void forgetNames() {
        present = null;
        maybeLost = new TreeSet<>();
    }

    private void resume() {
        live = true;
        boolean again = overflowed;
        overflowed = false;
        while (live && !held.isEmpty()) {
            arrive(held.remove());
        }
        if (again) {
            read();
        }
    }

    /** The reply to {@link Rosters#read} if the roster could not be read. */
    public void failed(int number, Throwable failure) {
        synchronized (this) {
            if (closed || number != readNumber) {
                return;
            }
            if (presented) {
                rosters.again(this, number);
                return;
            }
        }
        known.completeExceptionally(failure); // The caller of watch() then unwatches the room.
    }

    /** Reads the roster again, unless another read has begun since the failed one. */
    public synchronized void retry(int failedRead) {
        if (failedRead == readNumber) {
            read();
        }
    }

    /**
     * Compares the fold with the revision in the store. At the first mismatch, a change may still be on its way from
     * the store, so the caller has to compare again. At the second one, the fold reads the roster.
     *
     * @return whether the caller should compare again soon
     */
    public synchronized boolean compared(long storeRevision) {
        if (closed || !live || storeRevision == revision || storeRevision == 0 && count == 0) {
            mismatched = false;
            return false;
        }
        if (mismatched) {
            mismatched = false;
            read();
            return false;
        }
        mismatched = true;
        return true;
    }

    private void read() {
        if (!closed) {
            live = false;
            rosters.read(this, ++readNumber, maxNames);
        }
    }

    /** Ends the fold. The listener is not called any more after this method has returned. */
    public void close() {
        synchronized (this) {
            closed = true;
            live = false;
            held.clear();
        }
        known.completeExceptionally(new RelayUnavailableException("the room is no longer watched"));
    }
}
