package io.roomcast.service.presence;

import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.PresenceStore.Roster;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The presence changes that the members of one room on this node are sent, and the state that they have been sent.
 *
 * <p>A room whose lane is full does not accept a frame. After the interval, its members are then sent the difference to
 * the state that they have.
 *
 * <p><b>Concurrency.</b> The monitor guards all state. It is held while a frame is offered to the room: so the frames
 * are queued in the order of their changes. It is also held while an answer is queued: so the answer agrees with the
 * frames before it.
 */
public final class RoomAnnouncements {

    /** The room that gets the frames. Called inside the monitor: queues and returns. */
    interface Outlet {
        /**
         * Offers the members a frame.
         *
         * @return false if the room does not accept the frame
         */
        boolean tell(PresenceChanges.Change change);

        /** Runs the action after the frames that the room has accepted. */
        void then(Runnable action);

        /**
         * Calls {@link #goOn} after an interval.
         *
         * @param counts whether the members are sent only numbers, at a longer interval
         */
        void await(boolean counts);
    }

    /** The users of a room, as the members have been sent them. */
    public record View(List<String> users) {}

    /** An action that waits until the members have been sent this revision. */
    private record Waiting(long revision, Consumer<View> action) {}

    private final int largestByName;
    private final Outlet outlet;
    /** The changes that members are yet to be sent by name. */
    private final PresenceChanges news = new PresenceChanges();

    private final List<Waiting> waiting = new ArrayList<>(0);
    /** The users in the room; null if there are too many for names. */
    private Set<String> here;
    /** The users that the members have been sent by name; null if they have been sent only a number. */
    private Set<String> told;

    /** A copy of {@code told} for answers; null if none was made since {@code told} changed. */
    private View view;
    /** Revision up to which the members have been sent the changes. */
    private long toldRevision;

    private long count;
    private long revision;
    /** Whether the members must be sent the number of users, or the difference to {@code told}. */
    private boolean due;

    /** Whether {@link #present} was called. */
    private boolean known;
    /** Whether an interval is running. */
    private boolean intervalRuns;
    /** Whether the room is no longer watched. */
    private boolean ended;

    RoomAnnouncements(int largestByName, Outlet outlet) {
        this.largestByName = largestByName;
        this.outlet = outlet;
    }

    synchronized void present(Roster roster) {
        here = roster.count() > largestByName ? null : names(roster.users());
        count = roster.count();
        revision = roster.revision();
        news.clear();
        view = null;
        if (known) {
            // The members get the number of users, not the difference. To get the names, they must send a request.
            told = null;
            catchUp();
            beginInterval();
        } else {
            known = true;
            told = copy(here);
            toldRevision = revision;
        }
        answer();
    }

    synchronized void changed(PresenceChange change) {
        count = change.count();
        revision = change.revision();
        if (here == null || count > largestByName) {
            here = null;
            told = null;
            view = null;
            news.clear();
            due = true;
            answer();
        } else {
            here.addAll(names(change.joined()));
            here.removeAll(names(change.left()));
            if (!due) {
                gather(change);
            }
        }
        beginInterval();
    }

    private void gather(PresenceChange change) {
        if (change.joined().isEmpty() && change.left().isEmpty()) {
            if (news.isEmpty()) {
                toldRevision = revision;
                answer();
            }
        } else {
            news.add(change).forEach(this::tell);
        }
    }

    /**
     * @return {@code then} if the last change that this node knows is older than the revision {@code since}; else the
     *     number of users after that change
     */
    synchronized long count(long since, long then) {
        return known && revision >= since ? count : then;
    }

    /** The interval is over. */
    synchronized void goOn() {
        intervalRuns = false;
        PresenceChanges.Change gathered = news.next();
        if (due) {
            catchUp();
            beginInterval();
        } else if (gathered != null) {
            tell(gathered);
            beginInterval();
        }
    }

    private void beginInterval() {
        if (!intervalRuns && !ended) {
            intervalRuns = true;
            outlet.await(here == null);
        }
    }

    private void tell(PresenceChanges.Change change) {
        due = due || !outlet.tell(change);
        if (!due) {
            told.addAll(change.joined());
            told.removeAll(change.left());
            hasTold(change.revision());
        }
    }

    private void hasTold(long next) {
        view = null;
        toldRevision = next;
        answer();
    }

    /** Sends the difference to {@code told}; if {@code told} is null, sends the number of users. */
    private void catchUp() {
        Set<String> joined = told == null ? new TreeSet<>() : copy(here);
        Set<String> left = told == null ? new TreeSet<>() : copy(told);
        if (told != null) {
            joined.removeAll(told);
            left.removeAll(here);
        }
        PresenceChanges.Change change = new PresenceChanges.Change(joined, left, count, revision);
        due = (told == null || change.hasNames()) && !outlet.tell(change);
        if (!due) {
            told = copy(here);
            hasTold(revision);
        }
    }

    /**
     * Runs the action once the members have been sent the changes up to revision {@code wanted}. The action gets the
     * users that the members have been sent, or null if the members are not sent names.
     *
     * @return false if the room is not watched: then the action does not run
     */
    synchronized boolean whenTold(long wanted, Consumer<View> action) {
        if (ended || !known) {
            return false;
        }
        Waiting next = new Waiting(wanted, action);
        if (!answer(next)) {
            waiting.add(next);
        }
        return true;
    }

    private void answer() {
        waiting.removeIf(this::answer);
    }

    private boolean answer(Waiting next) {
        if (told != null && !ended && toldRevision < next.revision()) {
            return false;
        }
        reply(next.action());
        return true;
    }

    private void reply(Consumer<View> action) {
        if (told == null || ended) {
            outlet.then(() -> action.accept(null));
            return;
        }
        view = view == null ? new View(List.copyOf(told)) : view;
        View now = view;
        outlet.then(() -> action.accept(now));
    }

    /**
     * Ends the wait of the action: it runs with the users that the members have been sent by now. Later changes are
     * queued after it. So a client can apply them to the answer.
     */
    synchronized void giveUp(Consumer<View> action) {
        if (waiting.removeIf(each -> each.action() == action)) {
            reply(action);
        }
    }

    /** The room is no longer watched. Actions that wait run with null. */
    synchronized void end() {
        ended = true;
        news.clear();
        answer();
    }

    private static Set<String> names(List<UserName> users) {
        Set<String> names = new HashSet<>();
        users.forEach(user -> names.add(user.value()));
        return names;
    }

    private static Set<String> copy(Set<String> names) {
        return names == null ? null : new TreeSet<>(names);
    }
}
