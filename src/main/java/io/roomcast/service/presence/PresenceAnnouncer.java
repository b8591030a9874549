package io.roomcast.service.presence;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Threads;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.UserName;
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
 * Sends the members of this node's rooms the users who join and leave. In a room of usual size, members get names; if
 * many users join at once, one frame has several names. In a large room, members get the number of users once a second.
 * With names, a thousand joins in a room of a thousand members would take a million frames.
 *
 * <p><b>Concurrency.</b> Any thread; no method blocks. A room is in the map while it is watched.
 * {@link RoomAnnouncements} keeps the order within a room.
 */
@ApplicationScoped
public class PresenceAnnouncer implements PresenceListener {
    /** Milliseconds in which a room collects the changes for one frame with several names. */
    public static final long INTERVAL_MS = 250;

    private static final long COUNT_INTERVAL_MS = 1_000;
    /** Milliseconds that an action of {@link #whenTold} waits at most. */
    private static final long PATIENCE_MS = 2_000;

    private RoomRegistry registry;
    private ServerFrameWriter writer;
    private Threads threads;
    private int largestByName;
    private final ConcurrentMap<RoomName, RoomAnnouncements> rooms = new ConcurrentHashMap<>();

    /** For the container's proxy. */
    protected PresenceAnnouncer() {}

    @Inject
    public PresenceAnnouncer(RoomRegistry registry, ServerFrameWriter writer, Threads threads, RoomcastConfig config) {
        this.registry = registry;
        this.writer = writer;
        this.threads = threads;
        this.largestByName = config.get(Keys.PRESENCE_NAMES);
    }

    @Override
    public void present(RoomName room, PresenceStore.Roster roster) {
        rooms.computeIfAbsent(room, name -> new RoomAnnouncements(largestByName, new LocalRoom(name)))
                .present(roster);
    }

    @Override
    public void changed(RoomName room, PresenceChange change) {
        RoomAnnouncements announcements = rooms.get(room);
        if (announcements != null) {
            announcements.changed(change);
        }
    }

    @Override
    public void forgotten(RoomName room) {
        RoomAnnouncements announcements = rooms.remove(room);
        if (announcements != null) {
            announcements.end();
        }
    }

    /**
     * Runs the action with the users that the room's members have been sent. Waits until the members have been sent the
     * changes up to {@code revision}, but at most two seconds. The action gets null if the members are not sent names.
     * The action runs on the room's lane, after the frames that were sent before. If the room is not watched, the
     * action runs on this thread, with null.
     */
    public void whenTold(RoomName room, long revision, Consumer<RoomAnnouncements.View> action) {
        RoomAnnouncements announcements = rooms.get(room);
        if (announcements == null || !announcements.whenTold(revision, action)) {
            action.accept(null);
        } else {
            after(PATIENCE_MS, () -> announcements.giveUp(action));
        }
    }

    /**
     * The number of users in the room now. It may be newer than {@code change}: other users may have come since then,
     * and a session that is still joining is not sent their arrival.
     */
    public long count(RoomName room, PresenceStore.UpdateResult change) {
        RoomAnnouncements announcements = rooms.get(room);
        return announcements == null ? change.count() : announcements.count(change.revision(), change.count());
    }

    /**
     * Sends a new member its own arrival, if the room is small enough for names. The other members were sent it before
     * this session became a member.
     */
    public void welcome(ClientSession session, RoomName room, UserName user, PresenceStore.UpdateResult change) {
        if (change.count() <= largestByName) {
            PresenceChanges.Change ownArrival =
                    new PresenceChanges.Change(List.of(user.value()), List.of(), change.count(), change.revision());
            session.reply(frame(room, ownArrival));
        }
    }

    private static ServerFrame frame(RoomName room, PresenceChanges.Change change) {
        return new ServerFrame.Presence(
                room.value(),
                List.copyOf(change.joined()),
                List.copyOf(change.left()),
                change.count(),
                UserName.SYSTEM,
                PresenceText.of(change));
    }

    private void after(long millis, Runnable action) {
        try {
            var unused = threads.timer().schedule(action, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The node is stopping: no member is sent presence any more.
        }
    }

    /** The room on this node, which gets the frames and actions of one {@link RoomAnnouncements}. */
    private final class LocalRoom implements RoomAnnouncements.Outlet {
        private final RoomName name;

        LocalRoom(RoomName name) {
            this.name = name;
        }

        @Override
        public boolean tell(PresenceChanges.Change change) {
            Room room = registry.find(name);
            EncodedFrame.Fallback fallback = new EncodedFrame.Fallback(name, () -> unnamed(change));
            return room != null
                    && room.announce(EncodedFrame.of(fallback, writer.write(frame(name, change))), change.revision());
        }

        /** The frame that replaces the names for a client that reads too slowly. */
        private EncodedFrame unnamed(PresenceChanges.Change change) {
            PresenceChanges.Change counted =
                    new PresenceChanges.Change(List.of(), List.of(), change.count(), change.revision());
            return EncodedFrame.of(FrameKind.PRESENCE, writer.write(frame(name, counted)));
        }

        @Override
        public void then(Runnable action) {
            Room room = registry.find(name);
            if (room == null) {
                threads.lanes().execute(action);
            } else {
                room.then(action);
            }
        }

        @Override
        public void await(boolean counts) {
            after(counts ? COUNT_INTERVAL_MS : INTERVAL_MS, () -> {
                RoomAnnouncements announcements = rooms.get(name);
                if (announcements != null) {
                    announcements.goOn();
                }
            });
        }
    }
}
