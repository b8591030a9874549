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
        boolean announce(ChangeCollector.Announcement change);

        /** Runs the action after the frames that the room has accepted. */
        void runAfterFrames(Runnable action);

        /**
         * Calls {@link #endInterval} after an interval.
         *
         * @param countsOnly whether the members are sent only numbers, at a longer interval
         */
        void scheduleIntervalEnd(boolean countsOnly);
    }

    /** The users of a room, as the members have been sent them. */
    public record View(List<String> users) {}

    /** An action that waits until the members have been sent this revision. */
    private record Waiting(long revision, Consumer<View> action) {}

    private final int maxNames;
    private final Outlet outlet;
    /** The changes that members are yet to be sent by name. */
    private final ChangeCollector collector = new ChangeCollector();

    private final List<Waiting> waiting = new ArrayList<>(0);
    /** The users in the room; null if there are too many for names. */
    private Set<String> currentUsers;
    /** The users that the members have been sent by name; null if they have been sent only a number. */
    private Set<String> announcedUsers;

    /** A copy of {@code told} for answers; null if none was made since {@code told} changed. */
    private View view;
    /** Revision up to which the members have been sent the changes. */
    private long announcedRevision;

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

    RoomAnnouncements(int maxNames, Outlet outlet) {
        this.maxNames = maxNames;
        this.outlet = outlet;
    }

    synchronized void present(Roster roster) {
        currentUsers = roster.count() > maxNames ? null : names(roster.users());
        count = roster.count();
        revision = roster.revision();
        collector.clear();
        view = null;
        if (known) {
            // The members get the number of users, not the difference. To get the names, they must send a request.
            announcedUsers = null;
            catchUp();
            beginInterval();
        } else {
            known = true;
            announcedUsers = copy(currentUsers);
            announcedRevision = revision;
        }
        answer();
    }

    synchronized void changed(PresenceChange change) {
        count = change.count();
        revision = change.revision();
        if (currentUsers == null || count > maxNames) {
            currentUsers = null;
            announcedUsers = null;
            view = null;
            collector.clear();
            due = true;
            answer();
        } else {
            currentUsers.addAll(names(change.joined()));
            currentUsers.removeAll(names(change.left()));
            if (!due) {
                gather(change);
            }
        }
        beginInterval();
    }

    private void gather(PresenceChange change) {
        if (change.joined().isEmpty() && change.left().isEmpty()) {
            if (collector.isEmpty()) {
                announcedRevision = revision;
                answer();
            }
        } else {
            collector.add(change).forEach(this::announce);
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
    synchronized void endInterval() {
        intervalRuns = false;
        ChangeCollector.Announcement gathered = collector.endInterval();
        if (due) {
            catchUp();
            beginInterval();
        } else if (gathered != null) {
            announce(gathered);
            beginInterval();
        }
    }

    private void beginInterval() {
        if (!intervalRuns && !ended) {
            intervalRuns = true;
            outlet.scheduleIntervalEnd(currentUsers == null);
        }
    }

    private void announce(ChangeCollector.Announcement change) {
        due = due || !outlet.announce(change);
        if (!due) {
            announcedUsers.addAll(change.joined());
            announcedUsers.removeAll(change.left());
            recordAnnounced(change.revision());
        }
    }

    private void recordAnnounced(long next) {
        view = null;
        announcedRevision = next;
        answer();
    }

    /** Sends the difference to {@code told}; if {@code told} is null, sends the number of users. */
    private void catchUp() {
        Set<String> joined = announcedUsers == null ? new TreeSet<>() : copy(currentUsers);
        Set<String> left = announcedUsers == null ? new TreeSet<>() : copy(announcedUsers);
        if (announcedUsers != null) {
            joined.removeAll(announcedUsers);
            left.removeAll(currentUsers);
        }
        ChangeCollector.Announcement change = new ChangeCollector.Announcement(joined, left, count, revision);
        due = (announcedUsers == null || change.hasNames()) && !outlet.announce(change);
        if (!due) {
            announcedUsers = copy(currentUsers);
            recordAnnounced(revision);
        }
    }

    /**
     * Runs the action once the members have been sent the changes up to revision {@code wanted}. The action gets the
     * users that the members have been sent, or null if the members are not sent names.
     *
     * @return false if the room is not watched: then the action does not run
     */
    synchronized boolean whenAnnounced(long wanted, Consumer<View> action) {
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
        if (announcedUsers != null && !ended && announcedRevision < next.revision()) {
            return false;
        }
        reply(next.action());
        return true;
    }

    private void reply(Consumer<View> action) {
        if (announcedUsers == null || ended) {
            outlet.runAfterFrames(() -> action.accept(null));
            return;
        }
        view = view == null ? new View(List.copyOf(announcedUsers)) : view;
        View now = view;
        outlet.runAfterFrames(() -> action.accept(now));
    }

    /**
     * Ends the wait of the action: it runs with the users that the members have been sent by now. Later changes are
     * queued after it. So a client can apply them to the answer.
     */
    synchronized void endWait(Consumer<View> action) {
        if (waiting.removeIf(each -> each.action() == action)) {
            reply(action);
        }
    }

    /** The room is no longer watched. Actions that wait run with null. */
    synchronized void end() {
        ended = true;
        collector.clear();
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
