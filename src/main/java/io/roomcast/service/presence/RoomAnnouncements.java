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
 * What the members of one room on this node are told of users who come and go, and what they have been told.
 *
 * <p>If the room does not take a frame, because it is behind with messages, the frame is tried again after the
 * interval, with the difference to what members were told last.
 *
 * <p><b>Concurrency.</b> The monitor guards everything. It is held while the room is given a frame, so frames leave in
 * the order of what they tell; and while it is given an answer, so an answer agrees with the frames before it.
 */
public final class RoomAnnouncements {

    /** Where it goes. Called inside the monitor: hands over and returns. */
    interface Room {
        /** @return false when the room does not take it */
        boolean tell(PresenceChanges.Change change);

        /** Runs the action behind what was told. */
        void then(Runnable action);

        /** Calls {@link #goOn} after an interval. */
        void await(boolean counts);
    }

    /** Who is there, as members have been told. */
    public record View(List<String> users) {}

    private record Waiting(long revision, Consumer<View> action) {}

    private final int largestByName;
    private final Room room;
    private final PresenceChanges news = new PresenceChanges();
    private final List<Waiting> waiting = new ArrayList<>(0);
    /** Who is there; null where they are only counted. */
    private Set<String> here;
    /** Who is there, as far as members know; null where they have only been told how many. */
    private Set<String> told;

    private View view;
    private long toldRevision;
    private long count;
    private long revision;
    /** Members have to be told how many there are, or the difference. */
    private boolean due;

    private boolean known;
    private boolean begun;
    private boolean over;

    RoomAnnouncements(int largestByName, Room room) {
        this.largestByName = largestByName;
        this.room = room;
    }

    synchronized void present(Roster roster) {
        here = roster.count() > largestByName ? null : names(roster.users());
        count = roster.count();
        revision = roster.revision();
        news.clear();
        view = null;
        if (known) {
            told = null; // Who has followed what was told has to ask.
            catchUp();
            begin();
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
        begin();
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

    /** Users in the room as known here, or {@code then} where nothing is known as new as that revision. */
    synchronized long count(long since, long then) {
        return known && revision >= since ? count : then;
    }

    /** The interval is over. */
    synchronized void goOn() {
        begun = false;
        PresenceChanges.Change gathered = news.next();
        if (due) {
            catchUp();
            begin();
        } else if (gathered != null) {
            tell(gathered);
            begin();
        }
    }

    private void begin() {
        if (!begun && !over) {
            begun = true;
            room.await(here == null);
        }
    }

    private void tell(PresenceChanges.Change change) {
        due = due || !room.tell(change);
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

    /** Tells how many there are where no names were told, else the difference to these. */
    private void catchUp() {
        Set<String> joined = told == null ? new TreeSet<>() : copy(here);
        Set<String> left = told == null ? new TreeSet<>() : copy(told);
        if (told != null) {
            joined.removeAll(told);
            left.removeAll(here);
        }
        PresenceChanges.Change change = new PresenceChanges.Change(joined, left, count, revision);
        due = (told == null || change.hasNames()) && !room.tell(change);
        if (!due) {
            told = copy(here);
            hasTold(revision);
        }
    }

    /**
     * Calls the action behind what members have been told up to that revision, as soon as they have: with what that adds up to, or with null where it has
     * no names.
     *
     * @return false when it calls nothing
     */
    synchronized boolean whenTold(long wanted, Consumer<View> action) {
        if (over || !known) {
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
        if (told != null && !over && toldRevision < next.revision()) {
            return false;
        }
        reply(next.action());
        return true;
    }

    private void reply(Consumer<View> action) {
        if (told == null || over) {
            room.then(() -> action.accept(null));
            return;
        }
        view = view == null ? new View(List.copyOf(told)) : view;
        View now = view;
        room.then(() -> action.accept(now));
    }

    /**
     * The action has waited long enough: it is called with what members have been told until now. Whatever they are told later comes behind
     * that, so that it adds up all the same.
     */
    synchronized void giveUp(Consumer<View> action) {
        if (waiting.removeIf(each -> each.action() == action)) {
            reply(action);
        }
    }

    synchronized void end() {
        over = true;
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
