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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Tells rooms who came and went: by name in rooms of usual size, and once a second by count in large ones, where a thousand arrivals told to a
 * thousand members would be a million frames. Any thread; nothing blocks.
 */
@ApplicationScoped
public class Announcer implements PresenceListener {
    private static final long COUNT_INTERVAL_MS = 1_000;

    private Relay relay;
    private PresenceStore presence;
    private ServerFrameWriter writer;
    private Threads threads;
    private int largestByName;
    /** Rooms whose count is about to be announced. */
    private final Set<RoomName> counting = ConcurrentHashMap.newKeySet();

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
        announce(room, List.of(user.value()), List.of(), count, user + " has joined the room");
    }

    @Override
    public void entered(RoomName room, UserName user, long count) {
        joined(room, user, count);
    }

    @Override
    public void left(RoomName room, UserName user, long count) {
        announce(room, List.of(), List.of(user.value()), count, user + " has left the room");
    }

    private void announce(RoomName room, List<String> joined, List<String> left, long count, String text) {
        if (count <= largestByName) {
            send(room, joined, left, count, text);
        } else if (counting.add(room)) {
            var unused = threads.timer().schedule(() -> announceCount(room), COUNT_INTERVAL_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void announceCount(RoomName room) {
        counting.remove(room);
        presence.roster(room, 0)
                .thenAccept(roster ->
                        send(room, List.of(), List.of(), roster.count(), roster.count() + " people are in the room"));
    }

    private void send(RoomName room, List<String> joined, List<String> left, long count, String text) {
        ServerFrame frame = new ServerFrame.Presence(room.value(), joined, left, count, UserName.SYSTEM, text);
        relay.signal(room, FrameKind.PRESENCE, writer.write(frame).getBytes(StandardCharsets.UTF_8));
    }
}
