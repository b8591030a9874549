package io.roomcast.service.presence;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.Threads;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.PresenceListener;
import io.roomcast.relay.PresenceStore;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.session.ClientSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells the members of this node's rooms which users join and leave. In a room of usual size, members get names. If
 * many users join at once, one frame has several names. In a large room, members get the number of users once a second,
 * because a thousand joins in a room of a thousand members would take a million frames with names.
 *
 * <p><b>Concurrency.</b> Any thread; no method blocks. The map contains the rooms whose presence is watched.
 * {@link RoomAnnouncements} keeps the order within a room.
 */
@ApplicationScoped
public class PresenceAnnouncer implements PresenceListener {
    /** Length of the interval, in milliseconds, in which the changes of a room are collected for one frame. */
    public static final long INTERVAL_MS = 250;

    /** As {@link #INTERVAL_MS}, for a room whose members are sent only the number of users. */
    private static final long COUNT_INTERVAL_MS = 1_000;
    /** Most milliseconds that an action of {@link #whenAnnounced} waits. */
    private static final long MAX_WAIT_MS = 2_000;

    private RoomRegistry registry;
    private ServerFrameWriter writer;
    private Threads threads;
    private RoomSettings settings;
    /** Most users of a room whose members are sent names. */
    private int maxNames;

    private final ConcurrentMap<RoomName, RoomAnnouncements> announcementsByRoom = new ConcurrentHashMap<>();

    /** For the container's proxy. */
    protected PresenceAnnouncer() {}

    @Inject
    public PresenceAnnouncer(
            RoomRegistry registry,
            ServerFrameWriter writer,
            Threads threads,
            RoomSettings settings,
            RoomcastConfig config) {
        this.registry = registry;
        this.writer = writer;
        this.threads = threads;
        this.settings = settings;
        this.maxNames = config.get(Keys.PRESENCE_NAMES);
    }

    @Override
    public void rosterReceived(RoomName room, PresenceStore.Roster roster) {
        if (settings.presence(room) != RoomSettings.Presence.NONE) {
            announcementsByRoom
                    .computeIfAbsent(room, name -> new RoomAnnouncements(maxNames(name), new LocalRoom(name)))
                    .rosterReceived(roster);
        }
    }

    /** Most users of the room for whom its members are sent names; fewer than none if they are sent only the number. */
    private int maxNames(RoomName room) {
        return settings.presence(room) == RoomSettings.Presence.ALL ? maxNames : -1;
    }

    @Override
    public void presenceChanged(RoomName room, PresenceChange change) {
        RoomAnnouncements announcements = announcementsByRoom.get(room);
        if (announcements != null) {
            announcements.presenceChanged(change);
        }
    }

    @Override
    public void watchEnded(RoomName room) {
        RoomAnnouncements announcements = announcementsByRoom.remove(room);
        if (announcements != null) {
            announcements.end();
        }
    }

    /**
     * Runs the action with the users that have been announced to the room's members. The action waits until the changes
     * up to {@code revision} have been announced, but at most two seconds. The action gets null if the members are not
     * sent names. The action runs on the room's lane, after the frames that were queued before. If the room is not open
     * on this node, the pool runs the action. If the room is not watched, the action runs on this thread, with null.
     */
    public void whenAnnounced(RoomName room, long revision, Consumer<RoomAnnouncements.View> action) {
        RoomAnnouncements announcements = announcementsByRoom.get(room);
        if (announcements == null || !announcements.whenAnnounced(revision, action)) {
            action.accept(null);
        } else {
            schedule(MAX_WAIT_MS, () -> announcements.endWait(action));
        }
    }

    /**
     * The number of users in the room, after {@code change} or a later change. A session that is still joining is not
     * sent the arrival of other users. So the number in the {@code joined} frame of this session must count these
     * users. Null if the members of this room are not told of each other.
     *
     * @param change null if the session's user did not enter the room; then the number that this node knows counts
     */
    public RoomAnnouncements.Count count(RoomName room, PresenceStore.UpdateResult change) {
        if (settings.presence(room) == RoomSettings.Presence.NONE) {
            return null;
        }
        RoomAnnouncements announcements = announcementsByRoom.get(room);
        if (change == null) {
            return announcements == null ? null : announcements.countSince(new RoomAnnouncements.Count(0, 0));
        }
        RoomAnnouncements.Count after = new RoomAnnouncements.Count(change.count(), change.revision());
        return announcements == null ? after : announcements.countSince(after);
    }

    /**
     * Sends a new member its own arrival, if the room is small enough for names. The other members were sent this
     * arrival before the session became a member.
     */
    public void sendOwnArrival(ClientSession session, RoomName room, User user, PresenceStore.UpdateResult change) {
        if (change.count() <= maxNames(room)) {
            ChangeCollector.Announcement ownArrival = new ChangeCollector.Announcement(
                    List.of(user), List.of(), List.of(), change.count(), change.revision());
            session.reply(frame(room, ownArrival));
        }
    }

    private static ServerFrame frame(RoomName room, ChangeCollector.Announcement change) {
        return new ServerFrame.Presence(
                room.value(),
                change.joined().stream().map(ServerFrame.Person::of).toList(),
                change.renamed().isEmpty()
                        ? null
                        : change.renamed().stream().map(ServerFrame.Person::of).toList(),
                change.left().stream().map(ServerFrame.Person::withoutInfo).toList(),
                change.count(),
                change.revision(),
                UserId.SYSTEM,
                PresenceText.of(change));
    }

    private void schedule(long millis, Runnable action) {
        try {
            var unused = threads.timer().schedule(action, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The node is stopping, and no member is sent presence any more.
        }
    }

    /** The room on this node that gets the frames and actions of one {@link RoomAnnouncements}. */
    private final class LocalRoom implements RoomAnnouncements.Outlet {
        private final RoomName name;

        LocalRoom(RoomName name) {
            this.name = name;
        }

        @Override
        public boolean announce(ChangeCollector.Announcement change) {
            Room room = registry.find(name);
            // Only numbers, because a queue of a slow client keeps it, and does not count the memory of it.
            long count = change.count();
            long revision = change.revision();
            EncodedFrame.Fallback fallback = new EncodedFrame.Fallback(name, () -> unnamed(count, revision));
            return room != null
                    && room.announce(EncodedFrame.of(fallback, writer.write(frame(name, change))), change.revision());
        }

        /** The frame that replaces the names for a client that reads too slowly. */
        private EncodedFrame unnamed(long count, long revision) {
            ChangeCollector.Announcement counted = ChangeCollector.Announcement.counted(count, revision);
            return EncodedFrame.of(FrameKind.PRESENCE, writer.write(frame(name, counted)));
        }

        @Override
        public void runAfterFrames(Runnable action) {
            Room room = registry.find(name);
            if (room == null) {
                threads.pool().execute(action);
            } else {
                room.runOnLane(action);
            }
        }

        @Override
        public void scheduleIntervalEnd(boolean countsOnly) {
            schedule(countsOnly ? COUNT_INTERVAL_MS : INTERVAL_MS, () -> {
                RoomAnnouncements announcements = announcementsByRoom.get(name);
                if (announcements != null) {
                    announcements.endInterval();
                }
            });
        }
    }
}
