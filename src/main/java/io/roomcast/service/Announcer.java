package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceListener;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Tells rooms who came and went: by name in rooms of usual size, those of a crowd together, and once a second by count in large ones. A thousand arrivals,
 * each told to a thousand members, would be a million frames.
 *
 * <p><b>Concurrency.</b> Any thread; nothing blocks. The news of a room are guarded by their own monitor, which is held while the relay is given a frame:
 * so frames leave in the order of what they tell. News are in the map from a first change until an interval without one, and {@code over} from then on.
 */
@ApplicationScoped
public class Announcer implements PresenceListener {
    /** Between two frames of a room that tell of several. */
    static final long INTERVAL_MS = 250;

    private static final long COUNT_INTERVAL_MS = 1_000;

    private Relay relay;
    private PresenceStore presence;
    private ServerFrameWriter writer;
    private Threads threads;
    private int largestByName;
    private final ConcurrentMap<RoomName, Telling> rooms = new ConcurrentHashMap<>();

    /** For the container's proxy. */
    protected Announcer() {}

    @Inject
    public Announcer(
            Relay relay, PresenceStore presence, ServerFrameWriter writer, Threads threads, RoomcastConfig config) {
        this.relay = relay;
        this.presence = presence;
        this.writer = writer;
        this.threads = threads;
        this.largestByName = config.get(Keys.PRESENCE_NAMES);
    }

    /** @param count of users in the room, with this one */
    public void joined(RoomName room, UserName user, long count) {
        announce(room, user, true, count);
    }

    @Override
    public void entered(RoomName room, UserName user, long count) {
        joined(room, user, count);
    }

    @Override
    public void left(RoomName room, UserName user, long count) {
        announce(room, user, false, count);
    }

    private void announce(RoomName room, UserName user, boolean came, long count) {
        while (!rooms.computeIfAbsent(room, Telling::new).add(user, came, count)) {
            // That one was over, and is out of the map.
        }
    }

    private void tell(RoomName room, News.Change change) {
        if (change.hasNames()) {
            send(room, change, Phrases.of(change));
            return;
        }
        presence.roster(room, 0).thenAccept(roster -> {
            News.Change counted = new News.Change(List.of(), List.of(), roster.count());
            send(room, counted, counted.count() + " people are in the room");
        });
    }

    private void send(RoomName room, News.Change change, String text) {
        ServerFrame frame = new ServerFrame.Presence(
                room.value(), change.joined(), change.left(), change.count(), UserName.SYSTEM, text);
        relay.signal(room, FrameKind.PRESENCE, writer.write(frame).getBytes(StandardCharsets.UTF_8));
    }

    /** News of one room, and the time at which it hears the next. */
    private final class Telling {
        private final RoomName room;
        private final News news = new News(largestByName);
        private boolean begun;
        private boolean over;

        Telling(RoomName room) {
            this.room = room;
        }

        /** @return false when this is over */
        synchronized boolean add(UserName user, boolean came, long count) {
            if (over) {
                return false;
            }
            news.add(user.value(), came, count).forEach(change -> tell(room, change));
            if (!begun) {
                begun = true;
                await(count > largestByName ? COUNT_INTERVAL_MS : INTERVAL_MS);
            }
            return true;
        }

        private synchronized void goOn() {
            News.Change gathered = news.next();
            if (gathered == null) {
                end();
                return;
            }
            await(gathered.hasNames() ? INTERVAL_MS : COUNT_INTERVAL_MS);
            tell(room, gathered);
        }

        private void await(long millis) {
            try {
                var unused = threads.timer().schedule(this::goOn, millis, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                end(); // As the node does.
            }
        }

        private void end() {
            over = true;
            rooms.remove(room, this);
        }
    }
}
