package io.roomcast.service.presence;

import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.PresenceStore.Roster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Announces presence changes to the members of one room on this node, and keeps the list of users that was announced to
 * them.
 *
 * <p>A room whose lane is full does not accept a frame. After the interval, its members are sent the difference between
 * the current users and the announced users.
 *
 * <p><b>Concurrency.</b> The monitor guards all state. A frame is offered to the room inside the monitor. So the frames
 * are queued in the order of their changes. Actions are queued inside the monitor, too. So the list that an action gets
 * agrees with the frames before the action.
 */
public final class RoomAnnouncements {

    /** The room that gets the frames. Called inside the monitor. Each method queues its work and returns. */
    interface Outlet {
        /**
         * Offers the members a frame with this change.
         *
         * @return false if the room does not accept the frame
         */
        boolean announce(ChangeCollector.Announcement change);

        /** Runs the action after the frames that the room has accepted. */
        void runAfterFrames(Runnable action);

        /**
         * Calls {@link #endInterval} after an interval.
         *
         * @param countsOnly whether the members are sent only the number of users; the interval is longer then
         */
        void scheduleIntervalEnd(boolean countsOnly);
    }

    /**
     * The number of users in a room.
     *
     * @param revision revision of the room's presence that has this number
     */
    public record Count(long users, long revision) {}

    /** The users of a room that have been announced to its members. */
    public record View(List<User> users) {}

    /** An action that waits until the changes up to this revision have been announced. */
    private record Waiting(long revision, Consumer<View> action) {}

    private final int maxNames;
    private final Outlet outlet;
    /** The changes that are not announced by name yet. */
    private final ChangeCollector collector = new ChangeCollector();

    private final List<Waiting> waiting = new ArrayList<>(0);
    /** The users in the room now; null if there are too many for names. */
    private Map<UserId, User> currentUsers;
    /** The users that have been announced by name; null if only their number has been announced. */
    private SortedMap<UserId, User> announcedUsers;

    /** A copy of {@code announcedUsers} for actions; null if none was made since {@code announcedUsers} changed. */
    private View view;
    /** Revision up to which changes have been announced. */
    private long announcedRevision;

    private long count;
    private long revision;
    /** Whether {@link #catchUp} must be called when the interval ends. */
    private boolean catchUpIsDue;

    /** Whether {@link #rosterReceived} was called. */
    private boolean hasRoster;
    /** Whether the end of an interval is scheduled. */
    private boolean intervalRuns;
    /** Whether {@link #end} was called. */
    private boolean ended;

    RoomAnnouncements(int maxNames, Outlet outlet) {
        this.maxNames = maxNames;
        this.outlet = outlet;
    }

    /** Takes the users of the room. Called when the room is watched, and again after changes were lost. */
    synchronized void rosterReceived(Roster roster) {
        currentUsers = roster.count() > maxNames ? null : byId(roster.users());
        count = roster.count();
        revision = roster.revision();
        collector.clear();
        view = null;
        if (hasRoster) {
            // The members get the number of users, not the difference. To get the names, they must send a request.
            announcedUsers = null;
            catchUp();
            beginInterval();
        } else {
            hasRoster = true;
            announcedUsers = copy(currentUsers);
            announcedRevision = revision;
        }
        queueReadyActions();
    }

    /** Takes the next change after the roster. */
    synchronized void presenceChanged(PresenceChange change) {
        count = change.count();
        revision = change.revision();
        if (currentUsers == null || count > maxNames) {
            currentUsers = null;
            announcedUsers = null;
            view = null;
            collector.clear();
            catchUpIsDue = true;
            queueReadyActions();
        } else {
            List<User> left = change.left().stream()
                    .map(currentUsers::get)
                    .filter(Objects::nonNull)
                    .toList();
            currentUsers.keySet().removeAll(change.left());
            change.joined().forEach(user -> currentUsers.put(user.id(), user));
            change.renamed().forEach(user -> currentUsers.replace(user.id(), user));
            if (!catchUpIsDue) {
                collect(change, left);
            }
        }
        beginInterval();
    }

    private void collect(PresenceChange change, List<User> left) {
        if (change.joined().isEmpty()
                && change.renamed().isEmpty()
                && change.left().isEmpty()) {
            if (collector.isEmpty()) {
                announcedRevision = revision;
                queueReadyActions();
            }
        } else {
            collector.add(change, left).forEach(this::announce);
        }
    }

    /**
     * The number of users after the last change that this node knows.
     *
     * @param otherwise returned if that change is older
     */
    synchronized Count countSince(Count otherwise) {
        return hasRoster && revision >= otherwise.revision() ? new Count(count, revision) : otherwise;
    }

    /** Ends the interval, and announces what was collected in it. */
    synchronized void endInterval() {
        intervalRuns = false;
        ChangeCollector.Announcement collected = collector.endInterval();
        if (catchUpIsDue) {
            catchUp();
            beginInterval();
        } else if (collected != null) {
            announce(collected);
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
        catchUpIsDue = catchUpIsDue || !outlet.announce(change);
        if (!catchUpIsDue) {
            change.left().forEach(user -> announcedUsers.remove(user.id()));
            change.joined().forEach(user -> announcedUsers.put(user.id(), user));
            change.renamed().forEach(user -> announcedUsers.replace(user.id(), user));
            recordAnnounced(change.revision());
        }
    }

    private void recordAnnounced(long next) {
        view = null;
        announcedRevision = next;
        queueReadyActions();
    }

    /**
     * Announces the difference between {@code currentUsers} and {@code announcedUsers}. If {@code announcedUsers} is
     * null, announces only the number of users.
     */
    private void catchUp() {
        SortedMap<UserId, User> now = copy(currentUsers);
        ChangeCollector.Announcement change = announcedUsers == null
                ? ChangeCollector.Announcement.counted(count, revision)
                : new ChangeCollector.Announcement(
                        missing(announcedUsers, now),
                        now.values().stream().filter(this::isAnnouncedOtherwise).toList(),
                        missing(now, announcedUsers),
                        count,
                        revision);
        catchUpIsDue = (announcedUsers == null || change.hasNames()) && !outlet.announce(change);
        if (!catchUpIsDue) {
            announcedUsers = now;
            recordAnnounced(revision);
        }
    }

    /**
     * Runs the action when the changes up to revision {@code wanted} have been announced. The action gets the announced
     * users, or null if the members are not sent names.
     *
     * @return false if the room is not watched; the action does not run then
     */
    synchronized boolean whenAnnounced(long wanted, Consumer<View> action) {
        if (ended || !hasRoster) {
            return false;
        }
        Waiting next = new Waiting(wanted, action);
        if (!queueIfReady(next)) {
            waiting.add(next);
        }
        return true;
    }

    private void queueReadyActions() {
        waiting.removeIf(this::queueIfReady);
    }

    private boolean queueIfReady(Waiting next) {
        if (announcedUsers != null && !ended && announcedRevision < next.revision()) {
            return false;
        }
        queueAction(next.action());
        return true;
    }

    private void queueAction(Consumer<View> action) {
        if (announcedUsers == null || ended) {
            outlet.runAfterFrames(() -> action.accept(null));
            return;
        }
        view = view == null ? new View(List.copyOf(announcedUsers.values())) : view;
        View now = view;
        outlet.runAfterFrames(() -> action.accept(now));
    }

    /**
     * Ends the wait of the action. The action runs with the users that have been announced up to now. Later changes are
     * queued after the action. So a client can apply later changes to the list that the action sends.
     */
    synchronized void endWait(Consumer<View> action) {
        if (waiting.removeIf(each -> each.action() == action)) {
            queueAction(action);
        }
    }

    /** Ends the announcements, because the room is no longer watched. Actions that wait run with null. */
    synchronized void end() {
        ended = true;
        collector.clear();
        queueReadyActions();
    }

    private boolean isAnnouncedOtherwise(User user) {
        User announced = announcedUsers.get(user.id());
        return announced != null && !announced.equals(user);
    }

    /** The users of {@code all} who are not in {@code users}. */
    private static List<User> missing(SortedMap<UserId, User> users, SortedMap<UserId, User> all) {
        return all.values().stream()
                .filter(user -> !users.containsKey(user.id()))
                .toList();
    }

    private static Map<UserId, User> byId(List<User> users) {
        Map<UserId, User> byId = new HashMap<>();
        users.forEach(user -> byId.put(user.id(), user));
        return byId;
    }

    private static SortedMap<UserId, User> copy(Map<UserId, User> users) {
        return users == null ? null : new TreeMap<>(users);
    }
}
