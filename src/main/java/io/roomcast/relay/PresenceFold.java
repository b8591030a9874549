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
 * Who is in a room, as this node has been told and has told on. It passes on each change that follows the one before. Whenever something may be
 * missing (a hole in the revisions, a new subscription, a comparison that does not agree) it holds what arrives, has the roster read, tells
 * the difference, and goes on.
 *
 * <pre>
 *   new ──missed──▶ reading ──roster──▶ live
 *                      ▲                  │ hole, missed, compared
 *                      └──────────────────┘
 * </pre>
 *
 * <p><b>Who is missing in a roster</b> has left, and that is told; unless the store may have lost them, and their node is about to enter them again: then it
 * is told only if they are still missing a while later, and they count until then. Who has come is told at once.
 *
 * <p><b>Large rooms.</b> Of a room with more users than are told by name the names are not kept. Once it is smaller again, the roster is read.
 *
 * <p><b>Concurrency.</b> The monitor guards everything; the listener is called inside it, and only hands over; {@code known} is completed outside. {@code turn} counts the reads: the
 * answer to any but the latest is not used.
 */
public final class PresenceFold {
    private static final int MAX_HELD = 1_000;

    /** What a fold asks for. Called inside its monitor: hands over and returns. */
    public interface Rosters {
        /** Reads with this many names at most. Answered by {@link #roster} or {@link #failed}, with the same turn. */
        void read(PresenceFold fold, int turn, int names);

        /** Calls {@link #retry} with that turn a moment later. */
        void again(PresenceFold fold, int turn);

        /** Calls {@link #settle} when whoever was lost by the store has had the time to enter again. */
        void await(PresenceFold fold);
    }

    private final RoomName room;
    private final int names;
    private final PresenceListener listener;
    private final Rosters rosters;
    private final ArrayDeque<PresenceChange> held = new ArrayDeque<>(0);
    /** Who is there; null before that is known, and while there are too many. */
    private Set<UserName> here;
    /** Of those: who may have been lost by the store, and is given time to be entered again. */
    private Set<UserName> missing = new TreeSet<>();

    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private boolean presented;
    private boolean live;
    private boolean overflown;
    private boolean awaiting;
    private boolean closed;
    private boolean doubted;
    private int turn;
    private long revision;
    private long origin;
    private long count;

    /** @param names users of the largest room that is told by name */
    public PresenceFold(RoomName room, int names, PresenceListener listener, Rosters rosters) {
        this.room = room;
        this.names = names;
        this.listener = listener;
        this.rosters = rosters;
    }

    public RoomName room() {
        return room;
    }

    /** Completes when the listener has been told who is there: it is told of everything that happens from then on. Fails when that cannot be read. */
    public CompletionStage<Void> known() {
        return known;
    }

    /** Something may have happened that was not heard of. */
    public synchronized void missed() {
        read();
    }

    /** The subscription is there, and may have been before. */
    public synchronized void subscribed() {
        if (turn == 0) {
            read();
        }
    }

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
        return change.previous() == revision || change.previous() == 0 && here != null && here.isEmpty();
    }

    private void hold(PresenceChange change) {
        if (held.size() < MAX_HELD) {
            held.add(change);
        } else {
            overflown = true;
        }
    }

    private void apply(PresenceChange change) {
        doubted = false;
        if (change.previous() == 0) {
            origin = change.revision();
        }
        if (here == null || change.count() > names) {
            forgetNames();
            tell(change.revision(), change.count(), List.of(), List.of());
            if (change.count() <= names) {
                read();
            }
            return;
        }
        missing.removeAll(change.left());
        missing.removeAll(change.joined());
        List<UserName> left = change.left().stream().filter(here::remove).toList();
        List<UserName> joined = change.joined().stream().filter(here::add).toList();
        tell(change.revision(), here.size(), joined, left);
    }

    private void tell(long next, long users, List<UserName> joined, List<UserName> left) {
        long previous = revision;
        revision = next;
        count = users;
        listener.changed(room, new PresenceChange(previous, next, users, joined, left));
    }

    /**
     * The roster as it is.
     *
     * @param certain false when the store may have lost users a short while ago
     */
    public void roster(int answered, Roster roster, boolean certain) {
        if (take(answered, roster, certain)) {
            known.complete(null);
        }
    }

    private synchronized boolean take(int answered, Roster roster, boolean certain) {
        if (closed || answered != turn) {
            return false;
        }
        boolean named = roster.count() <= names;
        if (!presented || named && here == null) {
            here = named ? new HashSet<>(roster.users()) : null;
            revision = roster.revision();
            count = roster.count();
            listener.present(
                    room, named ? roster : new Roster(roster.count(), List.of(), roster.revision(), roster.origin()));
        } else if (!named) {
            forgetNames();
            tell(revisionOf(roster), roster.count(), List.of(), List.of());
        } else {
            difference(roster, certain && roster.origin() == origin && revisionOf(roster) >= revision);
        }
        origin = roster.origin();
        presented = true;
        goOn();
        return true;
    }

    private void difference(Roster roster, boolean certain) {
        Set<UserName> gone = new TreeSet<>(here);
        gone.removeAll(new HashSet<>(roster.users()));
        Set<UserName> doubtful = new TreeSet<>(gone);
        if (certain) {
            doubtful.retainAll(missing);
        }
        missing = doubtful;
        gone.removeAll(doubtful);
        here.removeAll(gone);
        List<UserName> joined = roster.users().stream().filter(here::add).toList();
        tell(revisionOf(roster), here.size(), joined, List.copyOf(gone));
        if (!missing.isEmpty() && !awaiting) {
            awaiting = true;
            rosters.await(this);
        }
    }

    /** A room in which nobody is may have none. */
    private long revisionOf(Roster roster) {
        return roster.revision() == 0 ? revision : roster.revision();
    }

    /** Whoever is missing now would be back if they could. */
    public synchronized void settle() {
        awaiting = false;
        if (!closed && !missing.isEmpty()) {
            missing = new TreeSet<>();
            read();
        }
    }

    private void forgetNames() {
        here = null;
        missing = new TreeSet<>();
    }

    private void goOn() {
        live = true;
        boolean again = overflown;
        overflown = false;
        while (live && !held.isEmpty()) {
            arrive(held.remove());
        }
        if (again) {
            read();
        }
    }

    /** The roster could not be read. */
    public void failed(int answered, Throwable failure) {
        synchronized (this) {
            if (closed || answered != turn) {
                return;
            }
            if (presented) {
                rosters.again(this, answered);
                return;
            }
        }
        known.completeExceptionally(failure); // Whoever watches gives it up.
    }

    /** Reads again, if nothing else has happened since that turn. */
    public synchronized void retry(int failed) {
        if (failed == turn) {
            read();
        }
    }

    /**
     * The store stands at this revision; what was told may still be on its way.
     *
     * @return whether that is to be looked at again soon
     */
    public synchronized boolean compared(long there) {
        if (closed || !live || there == revision || there == 0 && count == 0) {
            doubted = false;
            return false;
        }
        if (doubted) {
            doubted = false;
            read();
            return false;
        }
        doubted = true;
        return true;
    }

    private void read() {
        if (!closed) {
            live = false;
            rosters.read(this, ++turn, names);
        }
    }

    /** Nothing is told any more when this returns. */
    public void close() {
        synchronized (this) {
            closed = true;
            live = false;
            held.clear();
        }
        known.completeExceptionally(new RelayUnavailableException("the room is not watched any more"));
    }
}
