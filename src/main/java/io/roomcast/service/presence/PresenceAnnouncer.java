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
 * Tells the members of this node's rooms who came and went: by name in rooms of usual size, several names in one frame
 * when many come at once, and by a count each second in large rooms. A thousand joins, each told to a thousand members,
 * would be a million frames.
 *
 * <p><b>Concurrency.</b> Any thread; nothing blocks. A room is in the map while it is watched; {@link
 * RoomAnnouncements} keeps the order within a room.
 */
@ApplicationScoped
public class PresenceAnnouncer implements PresenceListener {
    /** Between two frames of a room that tell of several. */
    public static final long INTERVAL_MS = 250;

    private static final long COUNT_INTERVAL_MS = 1_000;
    /** For how long an answer waits for what is still on its way to the members. */
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
        rooms.computeIfAbsent(room, name -> new RoomAnnouncements(largestByName, new Here(name)))
                .present(roster);
    }

    @Override
    public void changed(RoomName room, PresenceChange change) {
        RoomAnnouncements telling = rooms.get(room);
        if (telling != null) {
            telling.changed(change);
        }
    }

    @Override
    public void forgotten(RoomName room) {
        RoomAnnouncements telling = rooms.remove(room);
        if (telling != null) {
            telling.end();
        }
    }

    /**
     * Calls the action on the room's lane: behind what its members have been told, and when that is up to the revision at least; or after a while with what
     * they have been told until then. With null where they have not been told names.
     */
    public void whenTold(RoomName room, long revision, Consumer<RoomAnnouncements.View> action) {
        RoomAnnouncements telling = rooms.get(room);
        if (telling == null || !telling.whenTold(revision, action)) {
            action.accept(null);
        } else {
            after(PATIENCE_MS, () -> telling.giveUp(action));
        }
    }

    /** Users in the room now: others may have come since that change, of whom somebody who was not let in yet has not been told. */
    public long count(RoomName room, PresenceStore.Change change) {
        RoomAnnouncements telling = rooms.get(room);
        return telling == null ? change.count() : telling.count(change.revision(), change.count());
    }

    /** Who has come, for its own eyes: the others had been told before it was among them. */
    public void welcome(ClientSession session, RoomName room, UserName user, PresenceStore.Change change) {
        if (change.count() <= largestByName) {
            PresenceChanges.Change own =
                    new PresenceChanges.Change(List.of(user.value()), List.of(), change.count(), change.revision());
            session.reply(frame(room, own));
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
            // The node is stopping: nobody is told any more.
        }
    }

    /** A room of this node. */
    private final class Here implements RoomAnnouncements.Room {
        private final RoomName name;

        Here(RoomName name) {
            this.name = name;
        }

        @Override
        public boolean tell(PresenceChanges.Change change) {
            Room room = registry.find(name);
            EncodedFrame.Fallback fallback = new EncodedFrame.Fallback(name, () -> unnamed(change));
            return room != null
                    && room.announce(EncodedFrame.of(fallback, writer.write(frame(name, change))), change.revision());
        }

        /** For one who was too slow for the names. */
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
                RoomAnnouncements telling = rooms.get(name);
                if (telling != null) {
                    telling.goOn();
                }
            });
        }
    }
}
